// A vCenter simulator of govmomi as this benchmark needs it: one datacenter, CNS and storage policies, plain HTTP.
//
// `vcsim@latest` is a module of its own that is years old, so the simulator is used as the library that it is.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	cns "github.com/vmware/govmomi/cns/simulator"
	pbm "github.com/vmware/govmomi/pbm/simulator"
	"github.com/vmware/govmomi/simulator"
)

func main() {
	machines := flag.Int("vm", 2, "number of virtual machines")
	secure := flag.Bool("tls", false, "whether to speak TLS")
	flag.Parse()

	model := simulator.VPX()
	model.Machine = *machines
	model.Cluster, model.ClusterHost, model.Host = 1, 3, 0
	if err := model.Create(); err != nil {
		log.Fatal(err)
	}
	defer model.Remove()
	if *secure {
		model.Service.TLS = new(tls.Config)
	}
	model.Service.RegisterSDK(cns.New())
	model.Service.RegisterSDK(pbm.New())
	server := model.Service.NewServer()
	defer server.Close()
	fmt.Println(server.URL)

	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	<-end
}
