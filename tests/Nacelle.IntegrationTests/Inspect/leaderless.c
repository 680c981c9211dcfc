/* leaderless: a process whose first thread ends while another one sleeps. Says "ready" when the other one runs. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void *go_on(void *unused)
{
    (void)unused;
    puts("ready");
    fflush(stdout);
    while (pause() != 0)
        ;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, go_on, NULL) != 0)
        return 1;
    pthread_exit(NULL);
}
