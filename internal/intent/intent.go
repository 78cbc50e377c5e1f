// Package intent is how a client says what it is going to do with a source,
// before it does anything: for whoever has to agree to it. It holds no secrets.
package intent

// Read is what a read of one source comes to.
type Read struct {
	// Source is its name, as in summaries.
	Source string `json:"source"`
	// Hosts are whom the read connects to, host and port, in turn where the one
	// before cannot be reached; none for a file.
	Hosts []string `json:"hosts,omitempty"`
	// Protection says how the connection is protected.
	Protection string `json:"protection,omitempty"`
	// Account says who signs in, and where the secret goes.
	Account string `json:"account,omitempty"`
	// Calls are all requests, in order.
	Calls []Call `json:"calls,omitempty"`
	// Rights are what the account needs.
	Rights []string `json:"rights,omitempty"`
	// Remarks are sentences without a full stop.
	Remarks []string `json:"remarks,omitempty"`
}

// Call is one kind of request.
type Call struct {
	// Method is that of HTTP, or an operation of LDAP: bind, search.
	Method string `json:"method"`
	// Target is a path, or the base of a search; what stands in braces is put in
	// for each.
	Target string `json:"target"`
	// Parameters are those of the query, or the scope and the filter of a
	// search.
	Parameters []string `json:"parameters,omitempty"`
	// Attributes are what is asked for of each entry or user, as it goes over the
	// wire. Without any, the answer has what the source gives.
	Attributes []string `json:"attributes,omitempty"`
	// Times says how often, where it is not once.
	Times string `json:"times,omitempty"`
	// OnlyIf is the condition of a request that may not be made.
	OnlyIf  string `json:"only_if,omitempty"`
	Purpose string `json:"purpose"`
}

// File is what the read of a file comes to.
func File(source string) Read {
	return Read{Source: source, Remarks: []string{"the file is read on this machine, to its end; no connection is made for it"}}
}

// AddProxy remarks that a proxy is in between, where there is one.
func (r *Read) AddProxy(host string) {
	if host != "" {
		r.Remarks = append(r.Remarks, "the connection goes through the proxy "+host+", which the environment names")
	}
}
