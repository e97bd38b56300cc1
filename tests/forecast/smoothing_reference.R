# Makes smoothing_reference.csv: exponential smoothing as the R package forecast fits it, form by form, on published series.
# Rscript smoothing_reference.R > smoothing_reference.csv     (forecast 8.x; by hand, when forms change)
suppressMessages(library(forecast))
oil <- ts(c(111.0091, 130.8284, 141.2871, 154.2278, 162.7409, 192.1665, 240.7997, 304.2174, 384.0046, 429.6622, 359.3169,
            437.2519, 468.4008, 424.4353, 487.9794, 509.8284, 506.3473, 340.1842, 240.2589, 219.0328, 172.0747, 252.5901,
            221.0711, 276.5188, 271.1480, 342.6186, 428.3558, 442.3946, 432.7851, 437.2497, 437.2092, 445.3641, 453.1950,
            454.4096, 422.3789, 456.0371, 440.3866, 425.1944, 486.2052, 500.4291, 521.2759, 508.9476, 488.8889, 509.8706,
            456.7229, 473.8166, 525.9509, 549.8338, 542.3405), start = 1965)
series <- list(oil = ts(window(oil, 1996), frequency = 4), UKgas = UKgas, JohnsonJohnson = JohnsonJohnson)
cat("series,form,alpha,beta,gamma,phi,level,trend,criterion,aicc,sigma,season,means,numbers\n")
written <- function(x) ifelse(is.na(x), "", sprintf("%.12g", x))
for (name in names(series)) {
  y <- series[[name]]
  for (form in c("ANN", "AAN", "AAdN", "ANA", "AAA", "AAdA", "MNN", "MAN", "MAdN", "MNA", "MAA", "MAdA", "MNM", "MAM", "MAdM",
                 "MMdN", "MMdM")) {
    fit <- tryCatch(ets(y, model = gsub("d", "", form), damped = grepl("d", form), restrict = FALSE,
                        allow.multiplicative.trend = TRUE), error = function(e) NULL)
    if (is.null(fit)) next
    par <- function(n, otherwise) if (n %in% names(fit$par)) fit$par[[n]] else otherwise
    states <- fit$states[1, ]
    season <- if (substr(fit$method, nchar(fit$method) - 1, nchar(fit$method) - 1) == "N") rep(NA, 4) else
      rev(tail(states, 4))
    numbers <- c(par("alpha", 0), par("beta", 0), par("gamma", 0), par("phi", 1), states[["l"]],
                 if ("b" %in% colnames(fit$states)) states[["b"]] else NA, -2 * fit$loglik, fit$aicc, sqrt(fit$sigma2))
    means <- forecast(fit, h = 8, simulate = FALSE, PI = FALSE)$mean
    cat(name, ",", form, ",", paste(written(numbers), collapse = ","), ",", paste(written(season), collapse = " "), ",",
        paste(written(means), collapse = " "), ",", paste(as.numeric(y), collapse = " "), "\n", sep = "")
  }
}
