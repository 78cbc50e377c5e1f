package ldapfault

import (
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// results are pages that end with another result than success.
func results() []Fault {
	var faults []Fault
	for _, r := range []struct {
		name string
		result
	}{
		{"operationsError", result{code: ldap.LDAPResultOperationsError, says: "an internal error"}},
		{"timeLimitExceeded", result{code: ldap.LDAPResultTimeLimitExceeded, says: "the time is up"}},
		{"sizeLimitExceeded", result{code: ldap.LDAPResultSizeLimitExceeded, says: "the size is reached"}},
		{"referral", result{code: ldap.LDAPResultReferral, referrals: []string{elsewhere}}},
		{"adminLimitExceeded", result{code: ldap.LDAPResultAdminLimitExceeded, says: "too much was looked through"}},
		{"noSuchObject", result{code: ldap.LDAPResultNoSuchObject, matchedDN: "dc=example", says: "it was here a moment ago"}},
		{"insufficientAccessRights", result{code: ldap.LDAPResultInsufficientAccessRights, says: "no right to go on"}},
		{"busy", result{code: ldap.LDAPResultBusy, says: "try later"}},
		{"unavailable", result{code: ldap.LDAPResultUnavailable, says: "the database is going offline"}},
		{"other", result{code: ldap.LDAPResultOther, says: "something happened"}},
	} {
		fault := ends(r.result, "the second page has its entries, and ends with "+r.name, at(doneOf(2), func(m *message) move {
			return reply(r.ofSearch(m.id))
		}))
		fault.Name = r.name + " at the end of a page"
		faults = append(faults, fault)
		if r.code == ldap.LDAPResultBusy || r.code == ldap.LDAPResultUnavailable {
			faults = append(faults, fault.OnFirst())
		}
	}
	for _, r := range []struct {
		name, doc string
		result
	}{
		{"a referral in place of the answer", "another server has the base, and the client must not follow (RFC 4511, section 4.1.10)",
			result{code: ldap.LDAPResultReferral, referrals: []string{elsewhere, elsewhere + "??sub"}}},
		{"noSuchObject in place of the answer", "there is no such base, says the server, and what there is of it",
			result{code: ldap.LDAPResultNoSuchObject, matchedDN: "dc=example"}},
		{"operationsError in place of the answer", "what Active Directory answers to who searches without having signed in",
			result{code: ldap.LDAPResultOperationsError, says: "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform " +
				"this operation a successful bind must be completed on the connection., data 0, v4563"}},
		{"insufficientAccessRights in place of the answer", "the account may not search",
			result{code: ldap.LDAPResultInsufficientAccessRights, says: "no right to search"}},
		{"busy in place of the answer", "the server has too much to do", result{code: ldap.LDAPResultBusy, says: "try later"}},
	} {
		fault := ends(r.result, r.doc, at(requestFor(1), func(m *message) move { return reply(r.ofSearch(m.id)) }))
		fault.Name = r.name
		faults = append(faults, fault)
	}
	limited := ends(result{code: ldap.LDAPResultSizeLimitExceeded, says: "capped"},
		fmt.Sprintf("whatever the page size, the search ends with the limit after %d entries", sizeLimit), capped)
	limited.Name = "sizeLimitExceeded over all pages"
	return append(faults, limited)
}

// elsewhere is where referrals and references lead: nobody listens there
// (RFC 2606).
const elsewhere = "ldap://elsewhere.example.com/dc=elsewhere,dc=example,dc=com"

// ends is a fault that shows in a result.
func ends(r result, doc string, begin func() behaviour) Fault {
	says := r.says
	if len(r.referrals) > 0 {
		says = r.referrals[0]
	}
	return Fault{Doc: doc, Outcome: MustFail, Code: r.code, Says: says, begin: begin}
}

// sizeLimit is how many entries a capped reader gets.
const sizeLimit = 40

// capped counts the entries of all pages of a search.
func capped() behaviour {
	count := 0
	return func(m *message) move {
		switch {
		case requestFor(1)(m):
			count = 0
		case m.kind == entry && m.page > 0:
			if count++; count > sizeLimit {
				return move{}
			}
		case m.kind == done && m.page > 0 && count > sizeLimit:
			return reply(result{code: ldap.LDAPResultSizeLimitExceeded, says: "capped"}.ofSearch(m.id))
		}
		return pass(m)
	}
}
