// Reads a table of vsphere.conf files with gcfg, as upstream's CSI driver does, and writes what it reads, one file a line:
//
//	go run . < read.jsonl > again.jsonl
//
// A line is `{"text": …}`; what else it has is read anew. The structure below has the names and tags of upstream's; nothing
// else tells gcfg what there is to read. Only what a file sets is written: a value that is empty, false or 0 looks like one
// that is not there, and is left out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"gopkg.in/gcfg.v1"
)

type vcenter struct {
	User                        string `gcfg:"user"`
	Password                    string `gcfg:"password"`
	VCenterPort                 string `gcfg:"port"`
	InsecureFlag                bool   `gcfg:"insecure-flag"`
	CAFile                      string `gcfg:"ca-file"`
	Thumbprint                  string `gcfg:"thumbprint"`
	Datacenters                 string `gcfg:"datacenters"`
	TargetvSANFileShareClusters string `gcfg:"targetvSANFileShareClusters"`
	MigrationDataStoreURL       string `gcfg:"migration-datastore-url"`
	FileVolumeActivated         bool
}

type file struct {
	Global struct {
		VCenterIP                                     string
		ClusterID                                     string `gcfg:"cluster-id"`
		SupervisorID                                  string `gcfg:"supervisor-id"`
		User                                          string `gcfg:"user"`
		Password                                      string `gcfg:"password"`
		VCenterPort                                   string `gcfg:"port"`
		InsecureFlag                                  bool   `gcfg:"insecure-flag"`
		CAFile                                        string `gcfg:"ca-file"`
		Thumbprint                                    string `gcfg:"thumbprint"`
		Datacenters                                   string `gcfg:"datacenters"`
		CnsRegisterVolumesCleanupIntervalInMin        int    `gcfg:"cnsregistervolumes-cleanup-intervalinmin"`
		CnsPVCProtectionCleanupIntervalInMin          int    `gcfg:"cnspvcprotection-cleanup-intervalinmin"`
		VolumeMigrationCRCleanupIntervalInMin         int    `gcfg:"volumemigration-cr-cleanup-intervalinmin"`
		ClusterDistribution                           string `gcfg:"cluster-distribution"`
		CSIAuthCheckIntervalInMin                     int    `gcfg:"csi-auth-check-intervalinmin"`
		CnsVolumeOperationRequestCleanupIntervalInMin int    `gcfg:"cnsvolumeoperationrequest-cleanup-intervalinmin"`
		CSIFetchPreferredDatastoresIntervalInMin      int    `gcfg:"csi-fetch-preferred-datastores-intervalinmin"`
		QueryLimit                                    int    `gcfg:"query-limit"`
		ListVolumeThreshold                           int    `gcfg:"list-volume-threshold"`
	}
	NetPermissions map[string]*struct {
		Ips         string `gcfg:"ips"`
		Permissions string `gcfg:"permissions"`
		RootSquash  bool   `gcfg:"rootsquash"`
	}
	VirtualCenter map[string]*vcenter
	Snapshot      struct {
		Global int `gcfg:"global-max-snapshots-per-block-volume"`
		VSAN   int `gcfg:"granular-max-snapshots-per-block-volume-vsan"`
		VVOL   int `gcfg:"granular-max-snapshots-per-block-volume-vvol"`
	}
	GC struct {
		Endpoint                   string `gcfg:"endpoint"`
		Port                       string `gcfg:"port"`
		TanzuKubernetesClusterUID  string `gcfg:"tanzukubernetescluster-uid"`
		TanzuKubernetesClusterName string `gcfg:"tanzukubernetescluster-name"`
		ClusterDistribution        string `gcfg:"cluster-distribution"`
		ClusterAPIVersion          string `gcfg:"cluster-api-version"`
		ClusterKind                string `gcfg:"cluster-kind"`
	}
	Labels struct {
		Zone               string `gcfg:"zone"`
		Region             string `gcfg:"region"`
		TopologyCategories string `gcfg:"topology-categories"`
	}
	TopologyCategory map[string]*struct {
		Label string `gcfg:"label"`
	}
}

// keys adds the values of a section, by `Section "name"` and key.
func keys(section string, value reflect.Value, into map[string]map[string]any) {
	for i := 0; i < value.NumField(); i++ {
		if value.Field(i).IsZero() {
			continue
		}
		field := value.Type().Field(i)
		key := field.Tag.Get("gcfg")
		if key == "" {
			key = field.Name
		}
		if into[section] == nil {
			into[section] = map[string]any{}
		}
		into[section][key] = value.Field(i).Interface()
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		var line struct {
			Text    string                    `json:"text"`
			Read    map[string]map[string]any `json:"read,omitempty"`
			Refused string                    `json:"refused,omitempty"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			fmt.Fprintln(os.Stderr, "this line is no JSON object:", lines.Text())
			os.Exit(1)
		}
		line.Read, line.Refused = nil, ""
		var read file
		err := gcfg.FatalOnly(gcfg.ReadInto(&read, strings.NewReader(line.Text)))
		values := map[string]map[string]any{}
		sections := reflect.ValueOf(read)
		for i := 0; i < sections.NumField(); i++ {
			section := sections.Type().Field(i).Name
			if sections.Field(i).Kind() == reflect.Map {
				for _, name := range sections.Field(i).MapKeys() {
					keys(fmt.Sprintf("%s %s", section, name), sections.Field(i).MapIndex(name).Elem(), values)
				}
			} else {
				keys(section, sections.Field(i), values)
			}
		}
		if err != nil {
			line.Refused = err.Error()
		} else {
			line.Read = values
		}
		if err := out.Encode(line); err != nil {
			panic(err)
		}
	}
}
