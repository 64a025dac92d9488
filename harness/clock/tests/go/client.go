// Asks a server COUNT times with pauses and a time-out, and says how many failed and how long it took.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	url := os.Args[1]
	count, _ := strconv.Atoi(os.Args[2])
	pause, _ := time.ParseDuration(os.Args[3])
	timeout, _ := time.ParseDuration(os.Args[4])
	client := &http.Client{Timeout: timeout}
	begin, failed, worst := time.Now(), 0, time.Duration(0)
	for n := 0; n < count; n++ {
		one := time.Now()
		answer, err := client.Get(url)
		if err != nil {
			failed++
		} else {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}
		if took := time.Since(one); took > worst {
			worst = took
		}
		time.Sleep(pause)
	}
	fmt.Println("failed", failed, "worst", worst, "all", time.Since(begin))
}
