package wire

import "fmt"

// Identifier octets of the answers to our requests (RFC 4511, section 4.2 on).
const (
	opBindResponse          = 0x61
	opSearchResultEntry     = 0x64
	opSearchResultDone      = 0x65
	opSearchResultReference = 0x73
	opExtendedResponse      = 0x78
	opIntermediateResponse  = 0x79
)

const (
	tagReferral     = 0xa3 // of LDAPResult
	tagResponseName = 0x8a // of ExtendedResponse
	tagControls     = 0xa0 // of LDAPMessage
)

// noticeOfDisconnection: RFC 4511, section 4.4.1.
const noticeOfDisconnection = "1.3.6.1.4.1.1466.20036"

// decodeResult reads the components of LDAPResult (RFC 4511, section 4.1.9);
// rest is what follows them.
func decodeResult(body string) (result ResultError, rest string, err error) {
	code, rest, err := takeNumber(body, tagEnumerated)
	if err != nil {
		return result, rest, err
	}
	result.Code = int(code)
	if _, rest, err = take(rest, tagOctetString); err != nil { // matchedDN
		return result, rest, err
	}
	if result.Message, rest, err = take(rest, tagOctetString); err != nil {
		return result, rest, err
	}
	if len(rest) > 0 && rest[0] == tagReferral {
		result.Referrals, rest, err = takeStrings(rest, tagReferral, nil)
	}
	return result, rest, err
}

// decodeReference reads the URIs of a SearchResultReference (RFC 4511, section
// 4.5.3).
func decodeReference(body string) (uris []string, err error) {
	for err == nil && len(body) > 0 {
		var uri string
		if uri, body, err = take(body, tagOctetString); err == nil {
			uris = append(uris, uri)
		}
	}
	return uris, err
}

// decodeNotice reads an unsolicited notification (RFC 4511, section 4.4): the
// error is the Notice of Disconnection; others have no meaning for us.
func decodeNotice(m message) error {
	if m.op != opExtendedResponse {
		return &ProtocolError{fmt.Sprintf("something of type %#x that was not asked for", m.op)}
	}
	result, rest, err := decodeResult(string(m.body))
	for err == nil && len(rest) > 0 {
		var tag byte
		var contents string
		tag, contents, rest, err = split(rest)
		if err == nil && tag == tagResponseName && contents != noticeOfDisconnection {
			return nil
		}
	}
	if err != nil {
		return malformed("notice", err)
	}
	return &LostError{Err: &DisconnectionError{Code: result.Code, Message: result.Message}}
}
