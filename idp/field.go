package idp

// Field is a person field: a column that means the same for every connector,
// which each maps from its own attributes.
type Field string

// The person fields that a connector maps.
const (
	Name         Field = "name"
	GivenName    Field = "given_name"
	FamilyName   Field = "family_name"
	Username     Field = "username"
	Title        Field = "title"
	Department   Field = "department"
	Division     Field = "division"
	CostCenter   Field = "cost_center"
	Organization Field = "organization"
	EmployeeID   Field = "employee_id"
	EmployeeType Field = "employee_type"
	// ManagerEmail is the manager's address. A connector that knows only who
	// the manager is leaves the value absent and fills Person.Manager.
	ManagerEmail Field = "manager_email"
	City         Field = "city"
	Region       Field = "region"
	Country      Field = "country"
	// StartDate is the first day of work, YYYY-MM-DD.
	StartDate Field = "start_date"
	// Groups are names, not identifiers; always a list.
	Groups Field = "groups"
	// StatusRaw is the source's own word for the status.
	StatusRaw Field = "idp_status_raw"
)

// The person fields that every [Person] carries, asked for or not.
const (
	Email      Field = "email"
	ID         Field = "idp_id"
	StatusName Field = "idp_status"
	SourceName Field = "idp_source"
)

// MappedFields are the fields that a [Request] may ask for, in the order in
// which the documentation lists them.
func MappedFields() []Field {
	return []Field{
		Name, GivenName, FamilyName, Username, Title, Department, Division,
		CostCenter, Organization, EmployeeID, EmployeeType, ManagerEmail, City,
		Region, Country, StartDate, Groups, StatusRaw,
	}
}
