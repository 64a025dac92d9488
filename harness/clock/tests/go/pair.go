// Two programs that talk over TCP, for repeats: a server that writes down what comes and in which order, and a client
// whose goroutines ask in an order that randomness, select and maps decide.
package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"time"
)

func main() {
	if os.Args[1] == "server" {
		server(os.Args[2])
	} else {
		client("http://" + os.Args[2])
	}
}

func server(address string) {
	var lock sync.Mutex
	begin := time.Now()
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		fmt.Println(time.Since(begin), r.URL.Path)
		lock.Unlock()
		if r.URL.Path == "/end" {
			os.Exit(0)
		}
		time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond)
		w.Write([]byte("ok"))
	})
	fmt.Println(http.ListenAndServe(address, nil))
}

func client(url string) {
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	var group sync.WaitGroup
	for g := range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			for n := range 25 {
				names := map[string]int{"a": 1, "b": 2, "c": 3, "d": 4}
				first := ""
				for name := range names {
					first = name
					break
				}
				answer, err := client.Get(fmt.Sprintf("%s/%d/%d/%s/%d", url, g, n, first, rand.IntN(1000)))
				if err != nil {
					fmt.Println(err)
					continue
				}
				io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				one, two := time.After(time.Millisecond), time.After(time.Millisecond)
				time.Sleep(time.Duration(1+rand.IntN(20)) * time.Millisecond)
				select {
				case <-one:
				case <-two:
					time.Sleep(time.Millisecond)
				}
			}
		}()
	}
	group.Wait()
	client.Get(url + "/end")
}
