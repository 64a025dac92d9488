// Goroutines that wait in system calls, from which Go's monitor takes the processor, beside others that compute: who comes
// when, and with which draw. For repeats.
package main

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

func main() {
	begin := time.Now()
	var lock sync.Mutex
	say := func(what string, who int, n int) {
		lock.Lock()
		fmt.Println(time.Since(begin), what, who, n, rand.Uint32())
		lock.Unlock()
	}
	var group sync.WaitGroup
	for who := range 5 {
		var pipe [2]int
		if err := syscall.Pipe(pipe[:]); err != nil {
			panic(err)
		}
		group.Add(3)
		go func() {
			defer group.Done()
			for n := range 20 {
				compute(rand.IntN(8))
				time.Sleep(time.Duration(rand.IntN(5)) * time.Millisecond)
				syscall.Write(pipe[1], []byte{byte(n)})
			}
		}()
		go func() {
			defer group.Done()
			byteOf := make([]byte, 1)
			for range 20 {
				syscall.Read(pipe[0], byteOf)
				compute(rand.IntN(4))
				say("read", who, int(byteOf[0]))
			}
		}()
		go func() {
			defer group.Done()
			for n := range 4 {
				exec.Command("/bin/sleep", fmt.Sprintf("0.0%d", rand.IntN(9))).Run()
				say("slept", who, n)
			}
		}()
	}
	group.Wait()
}

// About a millisecond of work for each n, with garbage to collect.
func compute(n int) {
	for range n * 40 {
		sum := sha256.Sum256(make([]byte, 8192))
		_ = sum
	}
}
