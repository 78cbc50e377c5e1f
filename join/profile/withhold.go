package profile

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Reason is why no example of an attribute is shown; empty where one is.
type Reason string

// The reasons. Values of such attributes are counted all the same.
const (
	Password    Reason = "password"    // or a hash of one, or what stands for one
	Key         Reason = "key"         // also a public one: it is long, and no cohort
	Certificate Reason = "certificate" // likewise
	Photograph  Reason = "photograph"  // or a recorded voice
	Binary      Reason = "binary"
)

// knownNames are attributes whose values are nobody's business, without case
// and punctuation.
func knownNames(reason Reason) string {
	switch reason {
	case Password:
		// RFC 4519, RFC 3112, RFC 2307; Active Directory and its services for
		// Unix; Samba; FreeIPA and MIT Kerberos; 389 Directory Server; OATH and
		// LAPS, which hold what replaces a password.
		return "userpassword authpassword unixuserpassword mssfu30password " +
			"unicodepwd dbcspwd lmpwdhistory ntpwdhistory supplementalcredentials " +
			"msdsmanagedpassword initialauthincoming initialauthoutgoing trustauthincoming trustauthoutgoing " +
			"sambantpassword sambalmpassword sambapasswordhistory sambapreviouscleartextpassword sambacleartextpassword " +
			"ipanthash krbpwdhistory krbextradata pwdhistory passwordhistory " +
			"oathsecret ipatokenotpkey ipatokenhotpcounter " +
			"msmcsadmpwd mslapspassword mslapsencryptedpassword mslapsencryptedpasswordhistory msfverecoverypassword"
	case Key:
		return "krbprincipalkey krbmkey sshpublickey ipasshpubkey ldappublickey altsecurityidentities " +
			"msdskeycredentiallink msfvekeypackage nssymmetrickey ipapublickey pgpkey"
	case Certificate:
		// RFC 4523, RFC 2798.
		return "usercertificate usersmimecertificate userpkcs12 cacertificate crosscertificatepair msmqsigncertificates"
	case Photograph:
		// RFC 2798, RFC 4524; Active Directory, Exchange.
		return "jpegphoto thumbnailphoto thumbnaillogo photo exchangephoto audio"
	default:
		return ""
	}
}

// reasonInName judges an attribute by its name; in one with dots, each part.
func reasonInName(name string) Reason {
	name, _, _ = strings.Cut(name, ";")
	for part := range strings.SplitSeq(name, ".") {
		words := wordsOf(part)
		plain := strings.Join(words, "")
		for _, reason := range []Reason{Password, Key, Certificate, Photograph} {
			if slices.Contains(strings.Fields(knownNames(reason)), plain) {
				return reason
			}
		}
		if reason := reasonInWords(words, plain); reason != "" {
			return reason
		}
	}
	return ""
}

// reasonInWords knows the names that organizations invent. When a password was
// changed, or how often it was wrong, is no secret; the last word says that it
// is only about one.
func reasonInWords(words []string, plain string) Reason {
	has := func(any ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(any, word) })
	}
	for _, key := range []string{"sshkey", "apikey", "privatekey", "secretkey", "accesskey", "recoverykey", "publickey"} {
		if strings.Contains(plain, key) {
			return Key
		}
	}
	isAbout := []string{"changed", "change", "expires", "expired", "expiration", "expiry", "age", "count", "time", "date", "policy", "set", "locked"}
	switch {
	case len(words) > 0 && slices.Contains(isAbout, words[len(words)-1]):
		return ""
	case has("password", "passwords", "passwd", "pwd", "passphrase", "passcode", "pin", "secret", "hash", "token",
		"credential", "credentials"):
		return Password
	default:
		return ""
	}
}

// wordsOf are the words of a name, in lower case: "krbPwdHistory" has three, and
// so has "PWD_HISTORY 2".
func wordsOf(name string) []string {
	var words []string
	runes := []rune(name)
	begins := 0
	end := func(at int) {
		if at > begins {
			words = append(words, strings.ToLower(string(runes[begins:at])))
		}
		begins = at
	}
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end(i)
			begins = i + 1
		case i == 0 || !unicode.IsUpper(r):
		case !unicode.IsUpper(runes[i-1]), i+1 < len(runes) && unicode.IsLower(runes[i+1]):
			// The first capital, and the last of several: "NTHash".
			end(i)
		}
	}
	end(len(runes))
	return words
}

// reasonInValue judges a value by its look.
func reasonInValue(text string) Reason {
	switch {
	case !isPlain(text):
		return Binary
	case isPasswordHash(text):
		return Password
	case hasPrefix(text, "-----BEGIN ", "ssh-rsa ", "ssh-dss ", "ssh-ed25519 ", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"):
		return Key
	// A JSON Web Token (RFC 7519) begins as an object in base64 does.
	case strings.HasPrefix(text, "eyJ") && strings.Count(text, ".") >= 2 && !strings.Contains(text, " "):
		return Password
	case isBase64(text):
		return Binary
	default:
		return ""
	}
}

// isPlain is true for text without control characters, but for the ends of lines
// and tabs.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			isControl := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }
			return utf8.ValidString(text) && !strings.ContainsFunc(text, isControl)
		}
	}
	return true
}

// isPasswordHash knows the schemes of RFC 2307, section 5.3, and their like, and
// those of crypt(5).
func isPasswordHash(text string) bool {
	if scheme, _, found := strings.Cut(text, "}"); found && strings.HasPrefix(scheme, "{") {
		return hasPrefix(strings.ToUpper(scheme[1:]), "SSHA", "SHA", "SMD5", "MD5", "CRYPT", "PBKDF2", "ARGON2", "BCRYPT", "SCRYPT", "CLEAR", "LANMAN", "NTHASH")
	}
	return hasPrefix(text, "$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$argon2", "$pbkdf2")
}

// isBase64 is true for what is too long for a word.
func isBase64(text string) bool {
	const longestWord = 120
	isOther := func(r rune) bool {
		isDigit := '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z'
		return !isDigit && !strings.ContainsRune("+/=-_\r\n", r)
	}
	return len(text) > longestWord && !strings.ContainsFunc(text, isOther)
}

func hasPrefix(text string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(text, prefix) })
}
