// Draws randomness by the system call, past the vDSO, from two goroutines, and prints what it got.
package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

func draw(length int) string {
	bytes := make([]byte, length)
	got, _, errno := syscall.Syscall(318, uintptr(unsafe.Pointer(&bytes[0])), uintptr(length), 0)
	if errno != 0 || int(got) != length {
		fmt.Println("drew", got, errno)
		os.Exit(1)
	}
	return hex.EncodeToString(bytes)
}

func main() {
	seen := map[string]bool{}
	words := make(chan string)
	for n := range 2 {
		go func() {
			for round := range 20 {
				words <- fmt.Sprint(n, " ", draw(16+round))
			}
		}()
	}
	for range 40 {
		word := <-words
		if seen[word[2:34]] {
			fmt.Println("the same bytes twice")
			os.Exit(1)
		}
		seen[word[2:34]] = true
		fmt.Println(word)
	}
}
