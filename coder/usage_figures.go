package coder

// UsageFigures are what a run's manifest says about usage, under the key
// "usage".
type UsageFigures struct {
	Window   string `json:"window"`    // 28d, 30d or dx
	FirstDay string `json:"first_day"` // YYYY-MM-DD
	LastDay  string `json:"last_day"`  // YYYY-MM-DD
	Timezone string `json:"timezone"`  // a name of the IANA time zone database
	// ActiveUsers is how many accounts had any use, and Seconds how much
	// together.
	ActiveUsers int   `json:"active_users"`
	Seconds     int64 `json:"seconds"`
	// UnlistedUsers is how many more had some, but are no longer listed:
	// deleted ones. They count nowhere else.
	UnlistedUsers int `json:"unlisted_users"`
	// Levels counts the accounts at each level; nil without Thresholds.
	Levels map[Level]int `json:"levels,omitempty"`
	// Thresholds are those by which the levels were given; nil where no levels
	// were asked for.
	Thresholds *Thresholds `json:"thresholds,omitempty"`
}

// NewUsageFigures counts the usage of all users of a deployment, as
// [UsageReport.Assign] has left it. The thresholds may be nil.
func NewUsageFigures(users []User, w Window, unlisted int, t *Thresholds) UsageFigures {
	f := UsageFigures{
		Window:        w.Name,
		FirstDay:      w.FirstDay(),
		LastDay:       w.LastDay(),
		Timezone:      w.Location.String(),
		UnlistedUsers: unlisted,
		Thresholds:    t,
	}
	if t != nil {
		f.Levels = make(map[Level]int)
		for _, level := range Levels() {
			f.Levels[level] = 0
		}
	}
	for i := range users {
		u := users[i].Usage
		if u == nil {
			continue
		}
		f.Seconds += u.Seconds
		if u.Seconds > 0 {
			f.ActiveUsers++
		}
		if t != nil {
			f.Levels[t.Level(u.Seconds)]++
		}
	}
	return f
}
