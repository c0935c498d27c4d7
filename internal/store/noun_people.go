package store

import (
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

var staffTable = &table[coupon.Staff]{"staff", 1, []column[coupon.Staff]{
	text("id", func(r *coupon.Staff) *coupon.StaffID { return &r.ID }),
	text("email", func(r *coupon.Staff) *string { return &r.Email }),
	text("name", func(r *coupon.Staff) *string { return &r.Name }),
	text("role", func(r *coupon.Staff) *coupon.Role { return &r.Role }),
	doc("locations", func(r *coupon.Staff) *[]coupon.LocationID { return &r.Locations }),
	text("password", func(r *coupon.Staff) *string { return &r.Password }),
	flag("disabled", func(r *coupon.Staff) *bool { return &r.Disabled }),
	text("language", func(r *coupon.Staff) *string { return &r.Language }),
	text("theme", func(r *coupon.Staff) *string { return &r.Theme }),
	when("created_at", func(r *coupon.Staff) *timeT { return &r.CreatedAt }),
	when("updated_at", func(r *coupon.Staff) *timeT { return &r.UpdatedAt }),
	when("last_seen_at", func(r *coupon.Staff) *timeT { return &r.LastSeenAt }),
}}

// What is changed of a person: by administrators, with a password, and by themselves.
// Each leaves the others' columns alone; last_seen_at moves by itself.
var (
	staffChange   = staffTable.pick(1, "id", "email", "name", "role", "locations", "disabled", "updated_at")
	staffPassword = staffTable.pick(1, "id", "password", "updated_at")
	staffLook     = staffTable.pick(1, "id", "language", "theme")
)

var locationTable = &table[coupon.Location]{"location", 1, []column[coupon.Location]{
	text("id", func(r *coupon.Location) *coupon.LocationID { return &r.ID }),
	text("name", func(r *coupon.Location) *string { return &r.Name }),
	flag("closed", func(r *coupon.Location) *bool { return &r.Closed }),
	when("created_at", func(r *coupon.Location) *timeT { return &r.CreatedAt }),
	when("updated_at", func(r *coupon.Location) *timeT { return &r.UpdatedAt }),
}}

var locationChange = locationTable.pick(1, "id", "name", "closed", "updated_at")

var sessionTable = &table[coupon.Session]{"session", 1, []column[coupon.Session]{
	text("token", func(r *coupon.Session) *string { return &r.Token }),
	text("kind", func(r *coupon.Session) *string { return &r.Kind }),
	text("owner", func(r *coupon.Session) *string { return &r.Owner }),
	when("created_at", func(r *coupon.Session) *timeT { return &r.CreatedAt }),
	when("expires_at", func(r *coupon.Session) *timeT { return &r.ExpiresAt }),
	text("address", func(r *coupon.Session) *string { return &r.Address }),
	text("agent", func(r *coupon.Session) *string { return &r.Agent }),
}}

var apiKeyTable = &table[coupon.APIKey]{"api_key", 1, []column[coupon.APIKey]{
	text("id", func(r *coupon.APIKey) *string { return &r.ID }),
	text("hash", func(r *coupon.APIKey) *string { return &r.Hash }),
	text("name", func(r *coupon.APIKey) *string { return &r.Name }),
	text("tail", func(r *coupon.APIKey) *string { return &r.Tail }),
	doc("scopes", func(r *coupon.APIKey) *[]string { return &r.Scopes }),
	text("made_by", func(r *coupon.APIKey) *string { return &r.MadeBy }),
	when("created_at", func(r *coupon.APIKey) *timeT { return &r.CreatedAt }),
	when("last_used_at", func(r *coupon.APIKey) *timeT { return &r.LastUsedAt }),
	when("revoked_at", func(r *coupon.APIKey) *timeT { return &r.RevokedAt }),
}}

// login is how a customer signs in with a password.
type login struct {
	customer coupon.CustomerID
	password string
	at       timeT
}

var loginTable = &table[login]{"customer_login", 1, []column[login]{
	text("customer", func(r *login) *coupon.CustomerID { return &r.customer }),
	text("password", func(r *login) *string { return &r.password }),
	when("updated_at", func(r *login) *timeT { return &r.at }),
}}

var signInCodeTable = &table[coupon.SignInCode]{"sign_in_code", 1, []column[coupon.SignInCode]{
	text("customer", func(r *coupon.SignInCode) *coupon.CustomerID { return &r.Customer }),
	text("digest", func(r *coupon.SignInCode) *string { return &r.Digest }),
	number("tries", func(r *coupon.SignInCode) *int64 { return &r.Tries }),
	when("expires_at", func(r *coupon.SignInCode) *timeT { return &r.ExpiresAt }),
}}

var attemptsTable = &table[coupon.Attempts]{"attempts", 1, []column[coupon.Attempts]{
	text("attempts_key", func(r *coupon.Attempts) *string { return &r.Key }),
	number("tally", func(r *coupon.Attempts) *int64 { return &r.Count }),
	when("locked_until", func(r *coupon.Attempts) *timeT { return &r.LockedUntil }),
	when("updated_at", func(r *coupon.Attempts) *timeT { return &r.UpdatedAt }),
}}

var importTable = &table[coupon.Import]{"import", 1, append([]column[coupon.Import]{
	text("id", func(r *coupon.Import) *string { return &r.ID }),
	text("campaign", func(r *coupon.Import) *coupon.CampaignID { return &r.Campaign }),
	text("description", func(r *coupon.Import) *string { return &r.Description }),
	text("file", func(r *coupon.Import) *string { return &r.File }),
	number("size", func(r *coupon.Import) *int64 { return &r.Size }),
	text("hash", func(r *coupon.Import) *string { return &r.Hash }),
	number("minor", func(r *coupon.Import) *int64 { return &r.Money.Minor }),
	text("asset", func(r *coupon.Import) *money.Asset { return &r.Money.Asset }),
	text("state", func(r *coupon.Import) *string { return &r.State }),
	number("row_count", func(r *coupon.Import) *int64 { return &r.Rows }),
	number("error_count", func(r *coupon.Import) *int64 { return &r.Errors }),
	text("error", func(r *coupon.Import) *string { return &r.Error }),
	text("batch", func(r *coupon.Import) *coupon.BatchID { return &r.Batch }),
	text("job", func(r *coupon.Import) *coupon.JobID { return &r.Job }),
	text("earlier", func(r *coupon.Import) *string { return &r.Earlier }),
	when("created_at", func(r *coupon.Import) *timeT { return &r.CreatedAt }),
	when("updated_at", func(r *coupon.Import) *timeT { return &r.UpdatedAt }),
}, actor(func(r *coupon.Import) *coupon.Actor { return &r.By })...)}

var importRowTable = &table[coupon.ImportRow]{"import_row", 2, []column[coupon.ImportRow]{
	text("import", func(r *coupon.ImportRow) *string { return &r.Import }),
	number("number", func(r *coupon.ImportRow) *int64 { return &r.Number }),
	text("voucher", func(r *coupon.ImportRow) *coupon.VoucherID { return &r.Voucher }),
	text("fingerprint", func(r *coupon.ImportRow) *string { return &r.Fingerprint }),
	text("sealed", func(r *coupon.ImportRow) *string { return &r.Sealed }),
	text("prefix", func(r *coupon.ImportRow) *string { return &r.Prefix }),
	text("tail", func(r *coupon.ImportRow) *string { return &r.Tail }),
	number("minor", func(r *coupon.ImportRow) *int64 { return &r.Minor }),
	when("expires_at", func(r *coupon.ImportRow) *timeT { return &r.ExpiresAt }),
	text("remarks", func(r *coupon.ImportRow) *string { return &r.Remarks }),
	text("reason", func(r *coupon.ImportRow) *string { return &r.Reason }),
}}

// lease lets one process of several do a task: who holds it until when, and when
// the task is due next.
type lease struct {
	name, holder string
	until, next  timeT
}

var leaseTable = &table[lease]{"lease", 1, []column[lease]{
	text("name", func(r *lease) *string { return &r.name }),
	text("holder", func(r *lease) *string { return &r.holder }),
	when("until_at", func(r *lease) *timeT { return &r.until }),
	when("next_at", func(r *lease) *timeT { return &r.next }),
}}
