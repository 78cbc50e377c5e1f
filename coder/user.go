// Package coder reads the users of a Coder deployment (coder.com). It alone
// imports codersdk, whose types do not leave it.
package coder

import "time"

// User is one living account of a deployment.
type User struct {
	ID       string // a UUID
	Username string
	// Name is the display name; often empty.
	Name string
	// Email keeps its case. Service accounts have none.
	Email string
	// Status is active, dormant or suspended.
	Status string
	// LoginType is password, github, oidc, token or none.
	LoginType string
	// Roles are the names of site-wide roles, without "member", which all have.
	Roles          []string
	CreatedAt      time.Time
	LastSeenAt     time.Time // the zero Time when never
	ServiceAccount bool
	// Usage is nil unless it was read ([Client.Usage]).
	Usage *Usage
}

// The values of User.Status that a caller decides by.
const (
	StatusActive    = "active"
	StatusDormant   = "dormant"
	StatusSuspended = "suspended"
)
