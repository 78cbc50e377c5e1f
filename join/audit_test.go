package join_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/idp"
	"cohort/join"
)

// auditDay is the moment at which the tests look.
func auditDay() time.Time { return time.Date(2026, time.March, 31, 12, 0, 0, 0, time.UTC) }

// days is that many days before the audit.
func days(n int) time.Time { return auditDay().AddDate(0, 0, -n) }

// auditTable joins people, whose fields may be missing, for an audit.
func auditTable(t testing.TB, people []idp.Person, users []coder.User, options join.Options) *join.Table {
	t.Helper()
	columns := join.AuditColumns()
	population := join.NewPopulation(columns.Request())
	source := population.AddSource("test:")
	for _, p := range people {
		if p.Fields == nil {
			p.Fields = make([]idp.Value, len(columns.Request().Fields))
		}
		if p.Attributes == nil {
			p.Attributes = make([]idp.Value, len(columns.Request().Attributes))
		}
		if err := source.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	options.AllowMissing = true
	joined, err := join.Join(population, users, columns, options)
	if err != nil {
		t.Fatal(err)
	}
	return joined
}

func audited(t testing.TB, people []idp.Person, users []coder.User) join.Audit {
	t.Helper()
	return auditTable(t, people, users, join.Options{Join: join.Left, Domains: testDomains()}).
		Audit(join.AuditOptions{Now: auditDay(), Idle: 90 * 24 * time.Hour})
}

// with gives a person the value of a field.
func with(field idp.Field, items ...string) func(*idp.Person) {
	return func(p *idp.Person) {
		fields := join.AuditColumns().Request().Fields
		if p.Fields == nil {
			p.Fields = make([]idp.Value, len(fields))
		}
		p.Fields[slices.Index(fields, field)] = idp.TextOrList(items...)
	}
}

// disabledSince gives a person the attribute of Okta's that tells it.
func disabledSince(when string) func(*idp.Person) {
	return func(p *idp.Person) {
		p.Status, p.Attributes = idp.Disabled, []idp.Value{idp.TextOf(when)}
	}
}

func dormant(u *coder.User) { u.Status = coder.StatusDormant }
func seen(ago int) func(*coder.User) {
	return func(u *coder.User) { u.LastSeenAt = days(ago) }
}
func made(ago int) func(*coder.User) {
	return func(u *coder.User) { u.CreatedAt = days(ago) }
}
func roles(names ...string) func(*coder.User) {
	return func(u *coder.User) { u.Roles = names }
}
func called(name string) func(*coder.User) {
	return func(u *coder.User) { u.Name = name }
}
func loginBy(loginType string) func(*coder.User) {
	return func(u *coder.User) { u.LoginType = loginType }
}
func used(days int, last string) func(*coder.User) {
	return func(u *coder.User) { u.Usage = &coder.Usage{Days: days, LastDay: last} }
}
func service(u *coder.User) { u.ServiceAccount = true }

func TestWhatAnAuditFinds(t *testing.T) {
	for _, test := range []struct {
		name   string
		people []idp.Person
		users  []coder.User
		want   []string // severity key: evidence
	}{
		{
			name:   "nothing about an active person who was seen",
			people: []idp.Person{person("1", "a@corp.example")},
			users:  []coder.User{user("a", "a@corp.example", seen(1))},
		},
		{
			name:   "a leaver, with what the directory says",
			people: []idp.Person{person("1", "a@corp.example", disabled, with(idp.StatusRaw, "userAccountControl=514 (disabled)"))},
			users:  []coder.User{user("a", "a@corp.example", seen(1), loginBy("oidc"))},
			want: []string{"high leaver:a: disabled in the identity provider by userAccountControl=514 (disabled); " +
				"the account is active, last seen 2026-03-30 (1 day ago)"},
		},
		{
			name: "a leaver who was seen after leaving, and signs in without the identity provider",
			people: []idp.Person{person("1", "a@corp.example", disabled,
				with(idp.StatusRaw, "userAccountControl=512", "accountExpires=2026-03-01T00:00:00Z (expired)"))},
			users: []coder.User{user("a", "a@corp.example", seen(0), loginBy("password"))},
			want: []string{"high leaver:a: disabled in the identity provider by userAccountControl=512, accountExpires=2026-03-01T00:00:00Z (expired); " +
				"the account is active, last seen 2026-03-31; seen after leaving; its login by password does not end with the identity provider's"},
		},
		{
			name:   "a leaver who was last seen before leaving",
			people: []idp.Person{person("1", "a@corp.example", disabled, with(idp.StatusRaw, "accountExpires=2026-03-01T00:00:00Z (expired)"))},
			users:  []coder.User{user("a", "a@corp.example", seen(40), dormant)},
			want: []string{"high leaver:a: disabled in the identity provider by accountExpires=2026-03-01T00:00:00Z (expired); " +
				"the account is dormant, last seen 2026-02-19 (40 days ago)"},
		},
		{
			name: "leavers with their use, after leaving where a day in any time zone is",
			people: []idp.Person{
				person("1", "a@corp.example", disabled, with(idp.StatusRaw, "accountExpires=2026-03-01T23:00:00Z (expired)")),
				person("2", "b@corp.example", disabled, with(idp.StatusRaw, "shadowExpire=2026-03-01T23:00:00Z (expired)")),
				person("3", "c@corp.example", disabled, with(idp.StatusRaw, "x=2026-03-01T23:00:00Z (expired)", "y=2026-02-01T00:00:00Z (expired)")),
				person("4", "d@corp.example", disabled),
			},
			users: []coder.User{
				user("a", "a@corp.example", seen(5), used(2, "2026-03-03")), user("b", "b@corp.example", seen(40), used(1, "2026-03-02")),
				user("c", "c@corp.example", seen(90), used(3, "2026-03-02")), user("d", "d@corp.example", seen(1), used(0, "")),
			},
			want: []string{
				"high leaver:a: disabled in the identity provider by accountExpires=2026-03-01T23:00:00Z (expired); " +
					"the account is active, last seen 2026-03-26 (5 days ago), workspaces used on 2 days, last on 2026-03-03; seen and used after leaving",
				"high leaver:b: disabled in the identity provider by shadowExpire=2026-03-01T23:00:00Z (expired); " +
					"the account is active, last seen 2026-02-19 (40 days ago), workspaces used on 1 day, last on 2026-03-02",
				"high leaver:c: disabled in the identity provider by x=2026-03-01T23:00:00Z (expired), y=2026-02-01T00:00:00Z (expired); " +
					"the account is active, last seen 2025-12-31 (90 days ago), workspaces used on 3 days, last on 2026-03-02; used after leaving",
				"high leaver:d: disabled in the identity provider; the account is active, last seen 2026-03-30 (1 day ago), no workspace used",
			},
		},
		{
			name: "leavers of Okta, which tells since when an account is disabled",
			people: []idp.Person{
				person("1", "a@corp.example", disabledSince("2026-03-20T10:00:00.000Z"), with(idp.StatusRaw, "DEPROVISIONED")),
				person("2", "b@corp.example", disabledSince("2026-03-20T10:00:00.000Z"), with(idp.StatusRaw, "SUSPENDED")),
				person("3", "c@corp.example", disabledSince("in March"), with(idp.StatusRaw, "DEPROVISIONED")),
			},
			users: []coder.User{
				user("a", "a@corp.example", seen(1), used(3, "2026-03-25")), user("b", "b@corp.example", seen(30)), user("c", "c@corp.example", seen(1)),
			},
			want: []string{
				"high leaver:a: disabled in the identity provider by DEPROVISIONED since 2026-03-20; " +
					"the account is active, last seen 2026-03-30 (1 day ago), workspaces used on 3 days, last on 2026-03-25; seen and used after leaving",
				"high leaver:b: disabled in the identity provider by SUSPENDED since 2026-03-20; the account is active, last seen 2026-03-01 (30 days ago)",
				"high leaver:c: disabled in the identity provider by DEPROVISIONED; the account is active, last seen 2026-03-30 (1 day ago)",
			},
		},
		{
			name:   "nobody is idle who used a workspace",
			people: []idp.Person{person("1", "a@corp.example"), person("2", "b@corp.example")},
			users:  []coder.User{user("a", "a@corp.example", seen(91), used(1, "2026-03-30")), user("b", "b@corp.example", seen(91), used(0, ""))},
			want:   []string{"low idle:b: active, but last seen 2025-12-30 (91 days ago)"},
		},
		{
			name:   "no leaver whose account is suspended",
			people: []idp.Person{person("1", "a@corp.example", disabled)},
			users:  []coder.User{user("a", "a@corp.example", seen(1), suspended)},
		},
		{
			name:   "a leaver's second account too",
			people: []idp.Person{person("1", "a@corp.example", disabled, alias("a2@corp.example"), with(idp.Name, "Ann Lee"))},
			users:  []coder.User{user("a", "a@corp.example", seen(1), suspended), user("a2", "a2@corp.example", seen(1))},
			want: []string{
				"high leaver:a2: disabled in the identity provider; the account is active, last seen 2026-03-30 (1 day ago); the person also has the account a",
				"low second-account:a2: a2@corp.example is an address of Ann Lee; the person also has the account a; the account is active, last seen 2026-03-30 (1 day ago)",
			},
		},
		{
			name:   "a leaver among people of whom all have left",
			people: []idp.Person{person("1", "x@corp.example", disabled), person("2", "X@corp.example", disabled)},
			users:  []coder.User{user("x", "x@corp.example", dormant, seen(3))},
			want: []string{
				"high leaver:x: 2 people have this address, and all are disabled: X@corp.example (2), x@corp.example (1); the account is dormant, last seen 2026-03-28 (3 days ago)",
				"medium ambiguous:x: 2 people have this address, and all are disabled: X@corp.example (2), x@corp.example (1); the account is dormant, last seen 2026-03-28 (3 days ago)",
			},
		},
		{
			name:   "orphans, those without need last",
			people: []idp.Person{person("1", "b@corp.example")},
			users: []coder.User{
				user("a", "a@corp.example", seen(1)), user("b", "b@elsewhere.example"), user("gone", "gone@corp.example", suspended),
				user("bot", "", service), user("blank", " "),
			},
			want: []string{
				"medium orphan:a: nobody has its address; the account is active, last seen 2026-03-30 (1 day ago)",
				"medium orphan:b: nobody has its address, but its local part: b@corp.example; the account is active, never seen",
				"medium orphan:blank: it has no e-mail; the account is active, never seen",
				"info orphan:bot: a service account, which is no person's; the account is active, never seen",
				"info orphan:gone: nobody has its address; the account is suspended, never seen",
				"low unmatched-domain:elsewhere.example: 1 account, 1 not suspended; nobody in the identity provider has an address there; 1 has a namesake at corp.example",
			},
		},
		{
			name: "no orphan whose address has somebody ambiguous",
			people: []idp.Person{
				person("1", "x@corp.example", alias("rolf@corp.example")), person("2", "x@corp.example"),
			},
			users: []coder.User{user("x", "x@corp.example", seen(1)), user("rolf", "rolf@corp.example", seen(1))},
			want: []string{
				"medium ambiguous:rolf: its address has x@corp.example (1), of whom another address is ambiguous; the account is active, last seen 2026-03-30 (1 day ago)",
				"medium ambiguous:x: 2 people who are not disabled have this address: x@corp.example (1), x@corp.example (2); the account is active, last seen 2026-03-30 (1 day ago)",
			},
		},
		{
			name:   "two accounts that are one address",
			people: []idp.Person{person("1", "j\u00fc@corp.example")},
			users:  []coder.User{user("ju1", "JU\u0308@corp.example", seen(1)), user("ju2", "ju\u0308@corp.EXAMPLE", suspended)},
			want: []string{
				"medium ambiguous:ju1: it shares the address of jü@corp.example (1) with ju2; the account is active, last seen 2026-03-30 (1 day ago)",
				"info ambiguous:ju2: it shares the address of jü@corp.example (1) with ju1; the account is suspended, never seen",
			},
		},
		{
			name: "idle are active people and accounts alone",
			people: []idp.Person{
				person("1", "long@corp.example"), person("2", "never@corp.example", unknown), person("3", "new@corp.example"),
				person("4", "edge@corp.example"), person("5", "dormant@corp.example"), person("6", "left@corp.example", disabled),
				person("7", "unmade@corp.example"),
			},
			users: []coder.User{
				user("long", "long@corp.example", seen(400), made(500)), user("never", "never@corp.example", made(90)),
				user("new", "new@corp.example", made(89)), user("edge", "edge@corp.example", seen(89), made(500)),
				user("dormant", "dormant@corp.example", seen(100), dormant), user("left", "left@corp.example", seen(100)),
				user("unmade", "unmade@corp.example"),
			},
			want: []string{
				"high leaver:left: disabled in the identity provider; the account is active, last seen 2025-12-21 (100 days ago)",
				"low idle:long: active, but last seen 2025-02-24 (400 days ago)",
				"low idle:never: active, but never seen since it was made 2025-12-31 (90 days ago)",
			},
		},
		{
			name:   "owners and administrators are a degree graver",
			people: []idp.Person{person("1", "a@corp.example", disabled), person("2", "b@corp.example"), person("3", "c@corp.example")},
			users: []coder.User{
				user("a", "a@corp.example", seen(1), roles("owner")), user("b", "b@corp.example", seen(91), roles("user-admin", "auditor", "template-admin")),
				user("c", "c@corp.example", seen(91), roles("auditor")), user("bot", "", service, roles("owner")),
			},
			want: []string{
				"critical leaver:a*: disabled in the identity provider; the account is active, last seen 2026-03-30 (1 day ago)",
				"critical privileged:a*: role: owner; also found: leaver; the account is active, last seen 2026-03-30 (1 day ago)",
				"medium privileged:b*: roles: template-admin, user-admin; also found: idle; the account is active, last seen 2025-12-30 (91 days ago)",
				"medium privileged:bot*: role: owner; also found: orphan; the account is active, never seen",
				"low orphan:bot*: a service account, which is no person's; the account is active, never seen",
				"medium idle:b*: active, but last seen 2025-12-30 (91 days ago)",
				"low idle:c: active, but last seen 2025-12-30 (91 days ago)",
			},
		},
		{
			name:   "domains, an alias of which is known",
			people: []idp.Person{person("1", "a@corp.example", alias("a@alias.example"), login("a@login.example")), person("2", "b@corp.example")},
			users: []coder.User{
				user("v", "v@old.example", suspended), user("w", "w@login.example", suspended), user("x", "x@alias.example", suspended),
				user("a2", "a@gone.example", suspended), user("b2", "B@Gone.example", seen(1)), user("c2", "c@gone.example", suspended),
				user("z", "z@away.example", suspended),
			},
			want: []string{
				"medium orphan:b2: nobody has its address, but its local part: b@corp.example; the account is active, last seen 2026-03-30 (1 day ago)",
				"info orphan:a2: nobody has its address, but its local part: a@alias.example, a@corp.example, a@login.example; the account is suspended, never seen",
				"info orphan:c2: nobody has its address; the account is suspended, never seen",
				"info orphan:v: nobody has its address; the account is suspended, never seen",
				"info orphan:w: nobody has its address; the account is suspended, never seen",
				"info orphan:x: nobody has its address; the account is suspended, never seen",
				"info orphan:z: nobody has its address; the account is suspended, never seen",
				"low unmatched-domain:gone.example: 3 accounts, 1 not suspended; nobody in the identity provider has an address there; 2 have a namesake at corp.example",
				"info unmatched-domain:away.example: 1 account, 0 not suspended; nobody in the identity provider has an address there",
			},
		},
		{
			name:   "another person's name",
			people: []idp.Person{person("1", "desk@corp.example", with(idp.Name, "Ann Lee"))},
			users:  []coder.User{user("bob", "desk@corp.example", seen(1), called("Robert King"))},
			want: []string{"medium name-mismatch:bob: the address is of Ann Lee, and the account of Robert King; " +
				"the account is active, last seen 2026-03-30 (1 day ago)"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, f := range audited(t, test.people, test.users).Findings {
				mark := ""
				if f.Privileged {
					mark = "*"
				}
				got = append(got, fmt.Sprintf("%s %s%s: %s", f.Severity, f.Key, mark, f.Evidence))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFindingNamesPersonAndAccount(t *testing.T) {
	got := audited(t, []idp.Person{person("42", " a@corp.example", disabled, with(idp.GivenName, "Ann"), with(idp.FamilyName, "Lee"))},
		[]coder.User{user("a", "A@corp.example", seen(1))}).Findings
	want := join.Finding{
		Key: "leaver:a", Kind: join.FindingLeaver, Severity: join.High,
		Person:     join.FindingPerson{Email: "a@corp.example", Name: "Ann Lee", ID: "42"},
		Account:    join.FindingAccount{Username: "a", Email: "A@corp.example", ID: "id-a", Status: "active", LastSeenAt: days(1)},
		Candidates: []string{},
		Evidence:   "disabled in the identity provider; the account is active, last seen 2026-03-30 (1 day ago)",
		Remedy:     "suspend the account: coder users suspend USERNAME",
	}
	if len(got) != 1 {
		t.Fatalf("%d findings", len(got))
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("finding (-want +got):\n%s", diff)
	}
}

// A file may say nothing of when accounts were seen, or of their status.
func TestNobodyIsIdleWhereNothingTells(t *testing.T) {
	got := audited(t, []idp.Person{person("1", "a@corp.example"), person("2", "b@corp.example", disabled)},
		[]coder.User{{Email: "a@corp.example", Status: coder.StatusActive, CreatedAt: days(400)}, {Email: "b@corp.example"}})
	if want := []string{"nothing tells when the accounts were last seen, so that none is called idle"}; !slices.Equal(got.Notes, want) {
		t.Errorf("notes %q", got.Notes)
	}
	if len(got.Findings) != 1 || got.Findings[0].Key != "leaver:b@corp.example" ||
		got.Findings[0].Evidence != "disabled in the identity provider; the account is of unknown status" {
		t.Errorf("found %+v", got.Findings)
	}
}

// TestAnAuditAddsUp compares the findings about random crowds with the figures
// of their join, and with what can be counted without it.
func TestAnAuditAddsUp(t *testing.T) {
	found := make(map[join.FindingKind]int)
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 7))
		people, users := random(r)
		for i := range users {
			users[i].LastSeenAt = days(r.IntN(200))
			if r.IntN(4) == 0 {
				users[i].Roles = []string{"owner"}
			}
		}
		options := join.Options{Join: join.Left, Domains: testDomains()}
		table := auditTable(t, people, users, options)
		figures := table.Figures()
		audit := table.Audit(join.AuditOptions{Now: auditDay(), Idle: 90 * 24 * time.Hour})
		counts := make(map[join.FindingKind]int)
		keys := make(map[string]bool)
		for _, f := range audit.Findings {
			counts[f.Kind]++
			found[f.Kind]++
			if keys[f.Key] {
				t.Fatalf("seed %d: two findings are called %s", seed, f.Key)
			}
			keys[f.Key] = true
			if f.Kind == join.FindingOrphan && slices.ContainsFunc(people, func(p idp.Person) bool {
				return slices.ContainsFunc(slices.Concat([]string{p.Primary}, p.Aliases, p.Logins), func(address string) bool {
					return join.ExactKey(address) != "" && testDomains().Key(address) == testDomains().Key(f.Account.Email)
				})
			}) {
				t.Fatalf("seed %d: %s has an address of somebody", seed, f.Key)
			}
		}
		u := figures.Users
		if counts[join.FindingSecondAccount] != u.Second ||
			counts[join.FindingOrphan]+counts[join.FindingAmbiguous] != u.Unmatched+u.WithoutAddress+u.Ambiguous ||
			counts[join.FindingAmbiguous] < u.Ambiguous || counts[join.FindingLeaver] < figures.Leavers {
			t.Fatalf("seed %d: findings %v of figures %+v", seed, counts, figures)
		}
		// The order in which sources deliver is of no account.
		r.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
		r.Shuffle(len(users), func(i, j int) { users[i], users[j] = users[j], users[i] })
		again := auditTable(t, people, users, options).Audit(join.AuditOptions{Now: auditDay(), Idle: 90 * 24 * time.Hour})
		if diff := cmp.Diff(audit, again); diff != "" {
			t.Fatalf("seed %d: in another order (-want +got):\n%s", seed, diff)
		}
	}
	for _, kind := range join.FindingKinds() {
		if found[kind] == 0 && kind != join.FindingNameMismatch && kind != join.FindingUnmatchedDomain {
			t.Errorf("no crowd had the kind %s", kind)
		}
	}
}
