package file

import (
	"cohort/idp"
	"cohort/internal/intent"
)

var _ idp.Planner = (*Connector)(nil)

// Plan implements [idp.Planner]: a file is read to its end, whatever of it is
// wanted.
func (c *Connector) Plan(idp.Request) intent.Read { return intent.File(c.path) }
