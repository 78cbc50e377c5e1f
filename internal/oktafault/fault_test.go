package oktafault_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/fixtures"
	"cohort/internal/fault"
	"cohort/internal/oktafault"
)

func serve(t *testing.T, users []fixtures.OktaUser, f oktafault.Fault) *oktafault.Server {
	t.Helper()
	org, err := oktafault.Serve(users, nil, fixtures.OktaOptions{}, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := org.Close(); err != nil {
			t.Error(err)
		}
	})
	return org
}

func TestTheOutcomeOfEachFaultCanBeReached(t *testing.T) {
	t.Parallel()
	users := oktafault.People(oktafault.Crowd)
	want, err := newClient(t, serve(t, users, oktafault.Fault{}), nil).read(t.Context())
	if err != nil || len(want) != oktafault.Crowd {
		t.Fatalf("without a fault: %d people: %v", len(want), err)
	}
	// Those that wait for a time-out wait all at once.
	var waiting sync.WaitGroup
	defer waiting.Wait()
	for _, f := range oktafault.All() {
		run := func(t *testing.T) {
			if !f.Silent {
				t.Parallel()
			}
			org := serve(t, users, f)
			var app *fixtures.App
			if f.OAuth {
				added, err := org.AddApp()
				if err != nil {
					t.Fatal(err)
				}
				app = &added
			}
			got, err := newClient(t, org, app).read(t.Context())
			if org.Struck() == 0 {
				t.Error("the fault did not show")
			}
			if err != nil {
				if f.Outcome == oktafault.Heals || f.Outcome == oktafault.Spoils || !slices.Contains(f.Kinds, fault.KindOf(err)) {
					t.Errorf("it %s of kind %v: %v", f.Outcome, f.Kinds, err)
				}
				return
			}
			if f.Outcome == oktafault.Fails {
				t.Errorf("%d of %d people, and it %s", len(got), len(want), f.Outcome)
			}
			if f.Outcome == oktafault.Spoils {
				if want[oktafault.Victim()] == got[oktafault.Victim()] {
					t.Error("nothing is spoilt")
				}
				got[oktafault.Victim()] = want[oktafault.Victim()]
			}
			if !maps.Equal(want, got) {
				t.Errorf("(-want +got):\n%.2000s", cmp.Diff(want, got))
			}
		}
		if f.Silent {
			waiting.Go(func() { t.Run(f.Name, run) })
		} else {
			t.Run(f.Name, run)
		}
	}
}

func TestFaultsAreWellDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range oktafault.All() {
		if f.Name == "" || f.Doc == "" || seen[f.String()] {
			t.Errorf("%q has no name of its own, or no words", f.Name)
		}
		seen[f.Name] = true
		errs := f.Outcome == oktafault.Fails || f.Outcome == oktafault.MayHeal
		if errs != (len(f.Kinds) > 0) {
			t.Errorf("%q %s, of the kinds %v", f.Name, f.Outcome, f.Kinds)
		}
	}
	if len(seen) < 60 {
		t.Errorf("only %d faults", len(seen))
	}
	if got := fmt.Sprint(oktafault.Outcome(9)); got != "Outcome(9)" {
		t.Errorf("an unknown outcome is %s", got)
	}
}

func TestPeopleAreAlwaysTheSame(t *testing.T) {
	const n = 1000
	people := oktafault.People(n)
	if diff := cmp.Diff(people, oktafault.People(n)); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
	statuses, ids, equal := map[string]int{}, map[string]bool{}, 0
	for i, p := range people {
		statuses[p.Status]++
		ids[p.ID] = true
		if i > 0 && people[i-1].ID >= p.ID {
			t.Errorf("%s is out of order", p.ID)
		}
		if p.Created.Equal(people[0].Created) {
			equal++
		}
	}
	want := map[string]int{fixtures.OktaActive: 930, fixtures.OktaDeprovisioned: 50, fixtures.OktaSuspended: 20}
	if diff := cmp.Diff(want, statuses); diff != "" || equal != 100 || len(ids) != n || !ids[oktafault.Victim()] {
		t.Errorf("%d of them created at once; statuses (-want +got):\n%s", equal, diff)
	}
}

func TestPeopleWhomNoOrgHoldsAreRefused(t *testing.T) {
	twice := slices.Repeat(oktafault.People(1), 2)
	if org, err := oktafault.Serve(twice, nil, fixtures.OktaOptions{}, oktafault.Fault{}); err == nil {
		_ = org.Close()
		t.Error("they are served")
	}
}
