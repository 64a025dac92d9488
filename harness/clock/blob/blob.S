# The functions that stand in for the kernel's clock in the last page of a program's vDSO.
#
# Position independent, no stack, no writes to its own page (the program may only read and run it). What changes
# lies in the clock page, which the keeper maps into the program; its address is the first word of `data`.
# The layout of `data` is known to src/vdso.rs, the layout of the clock page to src/page.rs.
#
# Each read of the calendar is a nanosecond after the one before it, within half a millisecond: programs name things by the
# calendar's nanoseconds (client-go its events), and two names must never be one. Timers go by the monotonic clock, which stays
# whole quanta.
#
# The page's base is read before the count of looks: whoever was stopped in between sees an old time, never one
# that goes back.
    .intel_syntax noprefix
    .text

# int clock_gettime(clockid_t id, struct timespec *at)
clock_gettime:
    cmp     edi, 11
    ja      1f
    mov     eax, 0x8f3              # ids 0, 1, 4, 5, 6, 7 and 11: not the clocks of the CPU, not the alarms
    bt      eax, edi
    jnc     1f
    mov     r8, [rip + page]
    mov     rax, [r8]               # base
    mov     edx, 1
    lock xadd [r8 + 8], rdx         # looks
    mov     ecx, [r8 + 24]          # shift
    shr     rdx, cl
    imul    rdx, [r8 + 32]          # quantum
    add     rax, rdx
    mov     edx, 0x821              # ids 0, 5 and 11: the calendar
    bt      edx, edi
    jnc     2f
    add     rax, [r8 + 16]          # from the monotonic clock to the calendar
    mov     edx, 1
    lock xadd [r8 + 56], rdx        # reads of the calendar
    and     edx, 0x7ffff
    add     rax, rdx
2:  xor     edx, edx
    mov     ecx, 1000000000
    div     rcx
    mov     [rsi], rax
    mov     [rsi + 8], rdx
    xor     eax, eax
    ret
1:  jmp     [rip + original_clock_gettime]

# The calendar in nanoseconds, in rax. Clobbers rcx, rdx, r8.
calendar:
    mov     r8, [rip + page]
    mov     rax, [r8]
    mov     edx, 1
    lock xadd [r8 + 8], rdx
    mov     ecx, [r8 + 24]
    shr     rdx, cl
    imul    rdx, [r8 + 32]
    add     rax, rdx
    add     rax, [r8 + 16]
    mov     edx, 1
    lock xadd [r8 + 56], rdx
    and     edx, 0x7ffff
    add     rax, rdx
    xor     edx, edx
    mov     ecx, 1000000000
    ret

# int gettimeofday(struct timeval *at, struct timezone *zone)
gettimeofday:
    test    rdi, rdi
    jz      3f
    call    calendar
    div     rcx
    mov     [rdi], rax
    mov     rax, rdx
    xor     edx, edx
    mov     ecx, 1000
    div     rcx
    mov     [rdi + 8], rax
3:  test    rsi, rsi
    jz      4f
    mov     qword ptr [rsi], 0
4:  xor     eax, eax
    ret

# time_t time(time_t *at)
time:
    call    calendar
    div     rcx
    test    rdi, rdi
    jz      5f
    mov     [rdi], rax
5:  ret

# ssize_t getrandom(void *into, size_t length, unsigned flags, void *state, size_t state_length)
# A question for the size of the state goes to the original. Draws are numbered over all threads, so that no two
# threads see the same bytes; each draw is eight bytes of splitmix64.
getrandom:
    cmp     r8, -1
    je      8f
    mov     r10, [rip + page]
    mov     r11, rsi
6:  test    r11, r11
    jz      9f
    mov     eax, 1
    lock xadd [r10 + 48], rax       # draws
    inc     rax
    movabs  rcx, 0x9e3779b97f4a7c15
    imul    rax, rcx
    add     rax, [r10 + 40]         # seed
    mov     rcx, rax
    shr     rcx, 30
    xor     rax, rcx
    movabs  rcx, 0xbf58476d1ce4e5b9
    imul    rax, rcx
    mov     rcx, rax
    shr     rcx, 27
    xor     rax, rcx
    movabs  rcx, 0x94d049bb133111eb
    imul    rax, rcx
    mov     rcx, rax
    shr     rcx, 31
    xor     rax, rcx
    mov     ecx, 8
7:  mov     [rdi], al
    shr     rax, 8
    inc     rdi
    dec     r11
    jz      9f
    dec     ecx
    jnz     7b
    jmp     6b
8:  jmp     [rip + original_getrandom]
9:  mov     rax, rsi
    ret

    .balign 8
data:
page:                   .quad 0
original_clock_gettime: .quad 0
original_getrandom:     .quad 0

    .globl clock_gettime, gettimeofday, time, getrandom, data
