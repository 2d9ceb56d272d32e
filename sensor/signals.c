#include "sensor/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

/* The one state of the process that a handler can reach. */
static volatile sig_atomic_t came, hung_up, asked;

/* A signal between the asking for it and a read or write that waits would be noticed only when something is read or
 * written. So an alarm follows, each second, and interrupts that. */
static void remember(int signal)
{
    if (signal != SIGALRM)
        came = 1;
    alarm(1);
}

static void remember_hang_up(int signal)
{
    (void)signal;
    hung_up = 1;
}

static void remember_question(int signal)
{
    (void)signal;
    asked = 1;
}

static void on(int signal, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

void signals_begin(void)
{
    on(SIGUSR1, remember_question, SA_RESTART);
}

void signals_catch(bool hang_up)
{
    /* No SA_RESTART: what waits is to be interrupted. */
    on(SIGALRM, remember, 0);
    on(SIGINT, remember, (int)SA_RESETHAND);
    on(SIGTERM, remember, (int)SA_RESETHAND);
    on(SIGPIPE, SIG_IGN, 0);
    on(SIGXFSZ, SIG_IGN, 0);
    if (hang_up)
        on(SIGHUP, remember_hang_up, SA_RESTART);
}

bool signals_came(void)
{
    return came != 0;
}

static bool take_back(volatile sig_atomic_t *flag)
{
    if (*flag == 0)
        return false;
    *flag = 0;
    return true;
}

bool signals_hung_up(void)
{
    return take_back(&hung_up);
}

bool signals_asked(void)
{
    return take_back(&asked);
}

void signals_rest(void)
{
    alarm(0);
}
