#include "cli/interruption.h"

#include <pthread.h>
#include <signal.h>

static void interrupt(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
}

/* Waits on a thread of its own, so that no code runs inside a signal handler. */
static void *wait_for_interrupt(void *context)
{
    struct interruption *interruption = context;
    sigset_t signals;
    int signal_number = 0;
    interrupt(&signals);
    sigwait(&signals, &signal_number);
    const struct store *unfinished = atomic_load(&interruption->makes);
    if (unfinished != NULL) {
        store_unmake(unfinished);
    }
    output_message(interruption->output, "\nreturnhub: Interrupted. %s\n", interruption->meaning);
    signal(SIGINT, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
    raise(SIGINT);
    return NULL;
}

void interruption_hold(void)
{
    sigset_t signals;
    interrupt(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

void interruption_await(struct interruption *interruption)
{
    pthread_t thread;
    sigset_t signals;
    struct sigaction now;
    if (sigaction(SIGINT, NULL, &now) != 0 || now.sa_handler == SIG_IGN) {
        return;
    }
    interruption_hold();
    if (pthread_create(&thread, NULL, wait_for_interrupt, interruption) != 0) {
        interrupt(&signals);
        pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
        return;
    }
    pthread_detach(thread);
}
