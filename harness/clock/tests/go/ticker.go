// Ticks: so many ticks of such a period, and says when each that matters came.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	period, _ := time.ParseDuration(os.Args[1])
	count, _ := strconv.Atoi(os.Args[2])
	begin := time.Now()
	ticker := time.NewTicker(period)
	for n := 0; n < count; n++ {
		<-ticker.C
	}
	fmt.Println(begin.UTC().Format(time.RFC3339), time.Since(begin))
}
