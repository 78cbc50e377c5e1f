package main

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheVersionIsWhatGoRecorded(t *testing.T) {
	recorded := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: settings}
	}
	built := "built   with " + runtime.Version() + " for " + runtime.GOOS + "/" + runtime.GOARCH + "\n"
	for _, test := range []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"nothing", nil, "cohort  devel\n"},
		{"no version control", recorded("(devel)"), "cohort  devel\n"},
		{"a release", recorded("v1.2.3", debug.BuildSetting{Key: "vcs.revision", Value: "c0ffee"},
			debug.BuildSetting{Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, debug.BuildSetting{Key: "vcs.modified", Value: "false"}),
			"cohort  v1.2.3\ncommit  c0ffee of 2026-01-02T03:04:05Z\n"},
		{"what is not committed", recorded("v1.2.4-0.20260102030405-c0ffee+dirty", debug.BuildSetting{Key: "vcs.revision", Value: "c0ffee"},
			debug.BuildSetting{Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, debug.BuildSetting{Key: "vcs.modified", Value: "true"}),
			"cohort  v1.2.4-0.20260102030405-c0ffee+dirty\ncommit  c0ffee of 2026-01-02T03:04:05Z, modified since\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want+built, buildOf(test.info, test.info != nil).String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
