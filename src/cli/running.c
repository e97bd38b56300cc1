#include "cli/running.h"

#include <pthread.h>
#include <signal.h>

static void interrupts(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
}

void running_block_interrupts(void)
{
    sigset_t signals;
    interrupts(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

/* Waits for an interrupt on a thread of its own, so that no code runs inside a signal handler. */
static void *wait_for_interrupt(void *context)
{
    sigset_t signals;
    int signal_number = 0;
    interrupts(&signals);
    sigwait(&signals, &signal_number);
    http_server_stop(context);
    return NULL;
}

result running_serve(struct http_server *server, struct err *err)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, wait_for_interrupt, server) != 0) {
        return err_set(err, ERROR_LIMIT, "No thread could be started");
    }
    const result served = http_server_run(server, err);
    pthread_kill(thread, SIGTERM); /* when the server ended by itself, nobody has sent one yet */
    pthread_join(thread, NULL);
    return served;
}
