#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct report_order report_order(int argument_count, char **arguments)
{
    struct report_order order = {.replications = 3, .seed = 1};
    if (argument_count > 1) {
        order.replications = strtoull(arguments[1], NULL, 10);
    }
    if (argument_count > 2) {
        order.seed = strtoull(arguments[2], NULL, 10);
    }
    if (order.replications < 1 || order.replications > REPLICATIONS_MAX) {
        order.replications = 1;
    }
    return order;
}

double report_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void report_add(struct report *report, double seconds, uint64_t events, uint64_t ended)
{
    report->seconds[report->replications++] = seconds;
    report->events += events;
    report->ended += ended;
}

static int by_size(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

void report_print(const struct report *report)
{
    double sorted[REPLICATIONS_MAX];
    const uint64_t count = report->replications;
    for (uint64_t i = 0; i < count; i++) {
        sorted[i] = report->seconds[i];
    }
    qsort(sorted, count, sizeof *sorted, by_size);
    const double n = (double)count;
    printf("{\"name\": \"%s\", \"seconds\": %.6f, \"events\": %.0f, \"ended\": %.0f, "
           "\"waits\": [%.4f, %.4f, %.4f, %.4f]}\n",
           report->name, sorted[count / 2], (double)report->events / n, (double)report->ended / n,
           report->wait[INITIAL] / n, report->wait[FIRST_TIER] / n, report->wait[UPPER] / n,
           report->wait[HUB] / n);
}
