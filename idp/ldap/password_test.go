package ldap

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"cohort/idp/ldap/internal/wire"
	"cohort/internal/fault"
)

func TestPasswordsStayOffOpenNetworks(t *testing.T) {
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 389} }
	tests := []struct {
		name             string
		remote           net.Addr
		encrypted, allow bool
		want             bool
	}{
		{"another host", tcp("192.0.2.7"), false, false, false},
		{"another host by IPv6", tcp("2001:db8::7"), false, false, false},
		{"a private network is one too", tcp("10.0.0.7"), false, false, false},
		{"every address of this host", tcp("0.0.0.0"), false, false, false},
		{"another host with TLS", tcp("192.0.2.7"), true, false, true},
		{"another host with leave", tcp("192.0.2.7"), false, true, true},
		{"loopback", tcp("127.0.0.1"), false, false, true},
		{"another address of loopback", tcp("127.8.8.8"), false, false, true},
		{"loopback by IPv6", tcp("::1"), false, false, true},
		{"loopback by mapped IPv6", tcp("::ffff:127.0.0.1"), false, false, true},
		{"a socket of this machine", &net.UnixAddr{Name: "/run/ldapi"}, false, false, true},
		{"what is neither", &net.IPAddr{IP: net.ParseIP("127.0.0.1")}, false, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := mayCarryPassword(test.remote, test.encrypted, test.allow); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

// elsewhere is a connection that leads to another host.
type elsewhere struct{ net.Conn }

func (elsewhere) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP("192.0.2.7"), Port: 389} }

func TestRefusedPasswordIsNotSent(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		c, err := New(Config{URL: "ldap://h", BindDN: "cn=a", Password: "hunter2", AllowCleartext: allowed})
		if err != nil {
			t.Fatal(err)
		}
		client, server := net.Pipe()
		received := make(chan string)
		go func() {
			// What comes until the client falls silent, and then an end.
			_ = server.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
			data, _ := io.ReadAll(server) // the time-out is the expected end
			_ = server.Close()
			received <- string(data)
		}()
		connected := &conn{Conn: elsewhere{client}}
		s := &session{wire: wire.NewConn(connected, wire.Limits{Silence: time.Second})}
		err = c.bind(t.Context(), s, connected)
		if got := strings.Contains(<-received, "hunter2"); got != allowed {
			t.Errorf("with --ldap-allow-cleartext %t the password was sent: %t", allowed, got)
		}
		if !allowed && (fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), "--ldap-allow-cleartext")) {
			t.Errorf("the error is %v, want one of usage with the setting", err)
		}
		s.close()
	}
}

func TestStartTLSIsRequiredOfOtherHosts(t *testing.T) {
	other := &net.TCPAddr{IP: net.ParseIP("192.0.2.7")}
	loopback := &net.TCPAddr{IP: net.ParseIP("127.0.0.1")}
	tests := []struct {
		setting         string
		remote          net.Addr
		allowsCleartext bool
		want            bool
	}{
		{"", other, false, true},
		{"", other, true, true},
		{"", loopback, false, false},
		{"require", loopback, false, true},
		{"off", other, false, false},
	}
	for _, test := range tests {
		c, err := New(Config{URL: "ldap://h", StartTLS: test.setting, AllowCleartext: test.allowsCleartext})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.wantsStartTLS(test.remote); got != test.want {
			t.Errorf("--ldap-starttls %q, to %s: %t, want %t", test.setting, test.remote, got, test.want)
		}
	}
}
