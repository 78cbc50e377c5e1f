package main

import (
	"context"
	"strings"
	"time"

	"cohort/coder"
	"cohort/internal/fault"
)

// usagePlan says whether and for which days the use of Coder is read. The zero
// usagePlan reads none.
type usagePlan struct {
	window coder.Window // of no name when none is read
	// frozen are the thresholds of an earlier run, else nil.
	frozen *coder.Thresholds
}

// isOn says whether use is read.
func (p usagePlan) isOn() bool { return p.window.Name != "" }

// fit refuses a file of users, which does not tell the use.
func (p usagePlan) fit(deployment *coder.Client) error {
	if p.isOn() && deployment == nil {
		return fault.New(fault.Usage, "name the deployment by --coder URL", "--usage: a file of users does not tell how much they use Coder")
	}
	return nil
}

// planUsage checks the settings about use.
func (f *sourceFlags) planUsage(ctx context.Context, now time.Time) (p usagePlan, err error) {
	if f.usage == "" {
		if f.usageThresholds != "" {
			return p, fault.New(fault.Usage, "add --usage 28d", "--usage-thresholds says how to read a use that is not asked for")
		}
		return p, nil
	}
	location, err := coder.ParseLocation(f.timezone)
	if err != nil {
		return p, err
	}
	if p.window, err = coder.ParseWindow(f.usage, location, now); err != nil || f.usageThresholds == "" {
		return p, err
	}
	file, err := readInput(ctx, "--usage-thresholds", f.usageThresholds, "the first run writes them by --summary")
	if err != nil {
		return p, err
	}
	frozen, err := coder.ReadThresholds(file)
	if err != nil {
		return p, fault.New(fault.KindOf(err), "", "--usage-thresholds: %s: %w", f.usageThresholds, err)
	}
	p.frozen = &frozen
	return p, frozen.Fit(p.window)
}

// assign gives the users what was reported of them, and levels where they are
// wanted.
func (p usagePlan) assign(report *coder.UsageReport, users []coder.User, levels bool) (*coder.UsageFigures, error) {
	unlisted, err := report.Assign(users)
	if err != nil {
		return nil, err
	}
	thresholds := p.frozen
	if thresholds == nil && levels {
		measured, err := coder.MeasureThresholds(users, p.window)
		if err != nil {
			return nil, err
		}
		thresholds = &measured
	}
	if thresholds != nil {
		thresholds.SetLevels(users)
	}
	figures := coder.NewUsageFigures(users, p.window, unlisted, thresholds)
	return &figures, nil
}

// usageRemark says in the summary how much the levels hold.
func usageRemark(u *coder.UsageFigures) string {
	remark := u.FirstDay + " to " + u.LastDay
	var levels []string
	for _, level := range coder.Levels() {
		if n := u.Levels[level]; n > 0 {
			levels = append(levels, grouped(n)+" "+string(level))
		}
	}
	if len(levels) > 0 {
		remark += ": " + strings.Join(levels, ", ")
	}
	return remark
}
