package join

import (
	"slices"
	"strings"

	"cohort/idp"
	"cohort/internal/fault"
)

// dxAttribute marks the header of a custom attribute in a user CSV of DX.
const dxAttribute = "attribute:"

// dxProperties are the core properties of DX, which have no mark
// (https://docs.getdx.com/user-properties). Headers count by case.
func dxProperties() []string {
	return []string{
		"startdate", "githubusername", "githubusername2", "gitlabusername", "ssoemail", "excludefromsnapshots",
		"ailightadoptiondate", "aimoderateadoptiondate", "aiheavyadoptiondate", "branch",
	}
}

// dxDates are the core properties that hold a date, YYYY-MM-DD.
func dxDates() []string {
	return []string{"startdate", "ailightadoptiondate", "aimoderateadoptiondate", "aiheavyadoptiondate"}
}

// DefaultDXColumns are the columns for DX of an export that names none.
func DefaultDXColumns(usage bool) []string {
	columns := []string{"email", "Coder=coder_active"}
	if usage {
		columns = append(columns, "Coder usage level=coder_usage_level")
	}
	return columns
}

// ParseDXColumns reads columns as [ParseColumns] does, and gives them the
// headers that DX wants: email, core properties as they are, and everything
// else as an attribute. What is nearly the name of a core property is an error,
// since it would make an attribute that nobody looks at.
func ParseDXColumns(specs []string) (Columns, error) {
	columns, err := ParseColumns(specs)
	if err != nil {
		return Columns{}, err
	}
	hasEmail := false
	for i := range columns.list {
		c := &columns.list[i]
		switch name, isMarked := strings.CutPrefix(c.header, dxAttribute); {
		case c.header == string(idp.Email) && c.source == string(idp.Email):
			hasEmail = true
		case strings.EqualFold(c.header, string(idp.Email)):
			return Columns{}, fault.New(fault.Usage, "write email as it is; --map email=ATTRIBUTE takes another address",
				"--columns: DX finds people by the column email, which is to be the person's own")
		case isMarked && strings.TrimSpace(name) == "":
			return Columns{}, fault.New(fault.Usage, "write attribute:NAME", "--columns: an attribute has no name")
		case isMarked && strings.TrimSpace(name) != name:
			return Columns{}, fault.New(fault.Usage, "write attribute:"+strings.TrimSpace(name), "--columns: %q has blanks around its name", c.header)
		case !isMarked && strings.HasPrefix(strings.ToLower(c.header), dxAttribute):
			return Columns{}, fault.New(fault.Usage, "write attribute: in small letters, or nothing", "--columns: %q would be an attribute of this whole name", c.header)
		case isMarked, slices.Contains(dxProperties(), c.header):
		default:
			if near := nearlyProperty(c.header); near != "" {
				return Columns{}, fault.New(fault.Usage,
					"write "+near+"="+c.spec+" for that, or "+dxAttribute+c.header+"="+c.spec+" for an attribute of this name",
					"--columns: %q is nearly DX's own property %s", c.header, near)
			}
			c.header = dxAttribute + c.header
		}
		for _, other := range columns.list[:i] {
			if strings.EqualFold(other.header, c.header) {
				return Columns{}, fault.New(fault.Usage, "DX tells them apart, people do not: rename one",
					"--columns: %q and %q differ only in case, or not at all", other.header, c.header)
			}
		}
	}
	if !hasEmail {
		return Columns{}, fault.New(fault.Usage, "add email", "--columns: DX finds people by the column email, which is missing")
	}
	if len(columns.list) == 1 {
		return Columns{}, fault.New(fault.Usage, "add Coder=coder_active", "--columns: there is nothing but email, which tells DX nothing")
	}
	return columns, nil
}

// nearlyProperty is the core property that a header nearly is, as "Start Date"
// and "github_username" are, or "".
func nearlyProperty(header string) string {
	plain := strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(header))
	if slices.Contains(dxProperties(), plain) {
		return plain
	}
	return ""
}
