package store

import (
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

var campaignTable = &table[coupon.Campaign]{"campaign", 1, []column[coupon.Campaign]{
	text("id", func(r *coupon.Campaign) *coupon.CampaignID { return &r.ID }),
	text("kind", func(r *coupon.Campaign) *coupon.Kind { return &r.Kind }),
	text("name", func(r *coupon.Campaign) *string { return &r.Name }),
	derivedText("name_key", func(r *coupon.Campaign) string { return nameKey(r.Name) }),
	text("description", func(r *coupon.Campaign) *string { return &r.Description }),
	text("state", func(r *coupon.Campaign) *coupon.CampaignState { return &r.State }),
	text("terms", func(r *coupon.Campaign) *coupon.TermsID { return &r.Terms }),
	doc("limits", func(r *coupon.Campaign) *coupon.Limits { return &r.Limits }),
	derivedNumber("counted", func(r *coupon.Campaign) int64 { return int64(r.Limits.Counted()) }),
	doc("code", func(r *coupon.Campaign) *coupon.CodePolicy { return &r.Code }),
	text("instructions", func(r *coupon.Campaign) *string { return &r.Instructions }),
	text("terms_text", func(r *coupon.Campaign) *string { return &r.TermsText }),
	doc("metadata", func(r *coupon.Campaign) *map[string]string { return &r.Metadata }),
	text("standing", func(r *coupon.Campaign) *coupon.BatchID { return &r.Standing }),
	number("version", func(r *coupon.Campaign) *int64 { return &r.Version }),
	when("created_at", func(r *coupon.Campaign) *timeT { return &r.CreatedAt }),
	when("updated_at", func(r *coupon.Campaign) *timeT { return &r.UpdatedAt }),
}}

var termsTable = &table[coupon.Terms]{"terms", 1, []column[coupon.Terms]{
	text("id", func(r *coupon.Terms) *coupon.TermsID { return &r.ID }),
	text("campaign", func(r *coupon.Terms) *coupon.CampaignID { return &r.Campaign }),
	text("kind", func(r *coupon.Terms) *coupon.Kind { return &r.Kind }),
	doc("doc", func(r *coupon.Terms) *coupon.TermsDoc { return &r.Doc }),
	when("created_at", func(r *coupon.Terms) *timeT { return &r.CreatedAt }),
}}

var batchTable = &table[coupon.Batch]{"batch", 1, append([]column[coupon.Batch]{
	text("id", func(r *coupon.Batch) *coupon.BatchID { return &r.ID }),
	text("campaign", func(r *coupon.Batch) *coupon.CampaignID { return &r.Campaign }),
	text("description", func(r *coupon.Batch) *string { return &r.Description }),
	derivedText("description_key", func(r *coupon.Batch) string { return nameKey(r.Description) }),
	text("label", func(r *coupon.Batch) *string { return &r.Label }),
	text("prefix", func(r *coupon.Batch) *string { return &r.Prefix }),
	derivedText("prefix_key", func(r *coupon.Batch) string { return prefixKey(r.Code.Prefix) }),
	doc("code", func(r *coupon.Batch) *coupon.CodePolicy { return &r.Code }),
	number("one_in", func(r *coupon.Batch) *int64 { return &r.OneIn }),
	number("quantity", func(r *coupon.Batch) *int64 { return &r.Quantity }),
	number("made", func(r *coupon.Batch) *int64 { return &r.Made }),
	number("minor", func(r *coupon.Batch) *int64 { return &r.Money.Minor }),
	text("asset", func(r *coupon.Batch) *money.Asset { return &r.Money.Asset }),
	text("source", func(r *coupon.Batch) *string { return &r.Source }),
	text("state", func(r *coupon.Batch) *coupon.BatchState { return &r.State }),
	when("expires_at", func(r *coupon.Batch) *timeT { return &r.ExpiresAt }),
	text("job", func(r *coupon.Batch) *coupon.JobID { return &r.Job }),
	number("version", func(r *coupon.Batch) *int64 { return &r.Version }),
	when("created_at", func(r *coupon.Batch) *timeT { return &r.CreatedAt }),
	when("updated_at", func(r *coupon.Batch) *timeT { return &r.UpdatedAt }),
}, actor(func(r *coupon.Batch) *coupon.Actor { return &r.MadeBy })...)}

var voucherTable = &table[coupon.Voucher]{"voucher", 1, []column[coupon.Voucher]{
	text("id", func(r *coupon.Voucher) *coupon.VoucherID { return &r.ID }),
	text("serial", func(r *coupon.Voucher) *string { return &r.Serial }),
	number("sequence", func(r *coupon.Voucher) *int64 { return &r.Sequence }),
	text("sealed", func(r *coupon.Voucher) *string { return &r.Sealed }),
	text("prefix", func(r *coupon.Voucher) *string { return &r.Prefix }),
	text("tail", func(r *coupon.Voucher) *string { return &r.Tail }),
	flag("public", func(r *coupon.Voucher) *bool { return &r.Public }),
	text("campaign", func(r *coupon.Voucher) *coupon.CampaignID { return &r.Campaign }),
	text("terms", func(r *coupon.Voucher) *coupon.TermsID { return &r.Terms }),
	text("batch", func(r *coupon.Voucher) *coupon.BatchID { return &r.Batch }),
	text("holder", func(r *coupon.Voucher) *coupon.CustomerID { return &r.Holder }),
	text("assigned", func(r *coupon.Voucher) *coupon.CustomerID { return &r.Assigned }),
	text("state", func(r *coupon.Voucher) *coupon.VoucherState { return &r.State }),
	flag("disabled", func(r *coupon.Voucher) *bool { return &r.Disabled }),
	text("disabled_reason", func(r *coupon.Voucher) *string { return &r.DisabledReason }),
	when("starts_at", func(r *coupon.Voucher) *timeT { return &r.StartsAt }),
	when("expires_at", func(r *coupon.Voucher) *timeT { return &r.ExpiresAt }),
	number("uses", func(r *coupon.Voucher) *int64 { return &r.Uses }),
	number("max_uses", func(r *coupon.Voucher) *int64 { return &r.MaxUses }),
	text("asset", func(r *coupon.Voucher) *money.Asset { return &r.Asset }),
	number("face", func(r *coupon.Voucher) *int64 { return &r.Face }),
	number("balance", func(r *coupon.Voucher) *int64 { return &r.Balance }),
	number("lapsed", func(r *coupon.Voucher) *int64 { return &r.Lapsed }),
	text("earning_method", func(r *coupon.Voucher) *string { return &r.EarningMethod }),
	text("source_reference", func(r *coupon.Voucher) *string { return &r.SourceReference }),
	text("remarks", func(r *coupon.Voucher) *string { return &r.Remarks }),
	doc("metadata", func(r *coupon.Voucher) *map[string]string { return &r.Metadata }),
	when("ended_at", func(r *coupon.Voucher) *timeT { return &r.EndedAt }),
	text("ended_by", func(r *coupon.Voucher) *string { return &r.EndedBy }),
	text("ended_reason", func(r *coupon.Voucher) *string { return &r.EndedReason }),
	text("replaces", func(r *coupon.Voucher) *coupon.VoucherID { return &r.Replaces }),
	text("replaced_by", func(r *coupon.Voucher) *coupon.VoucherID { return &r.ReplacedBy }),
	when("first_used_at", func(r *coupon.Voucher) *timeT { return &r.FirstUsedAt }),
	when("last_used_at", func(r *coupon.Voucher) *timeT { return &r.LastUsedAt }),
	text("last_customer", func(r *coupon.Voucher) *coupon.CustomerID { return &r.LastCustomer }),
	number("version", func(r *coupon.Voucher) *int64 { return &r.Version }),
	when("created_at", func(r *coupon.Voucher) *timeT { return &r.CreatedAt }),
	when("updated_at", func(r *coupon.Voucher) *timeT { return &r.UpdatedAt }),
}}

// voucherChange is what a command can change of a voucher. What vouchers that change together
// have in common most often comes last; see updateSharing.
var voucherChange = voucherTable.pick(1, "id", "holder", "last_customer", "balance", "assigned", "expires_at", "uses", "version", "first_used_at", "state", "last_used_at",
	"lapsed", "disabled", "disabled_reason", "ended_at", "ended_by", "ended_reason", "replaced_by", "updated_at")

var codeTable = &table[coupon.Code]{"code", 1, []column[coupon.Code]{
	text("fingerprint", func(r *coupon.Code) *string { return &r.Fingerprint }),
	text("voucher", func(r *coupon.Code) *coupon.VoucherID { return &r.Voucher }),
	text("campaign", func(r *coupon.Code) *coupon.CampaignID { return &r.Campaign }),
}}

var customerTable = &table[coupon.Customer]{"customer", 1, []column[coupon.Customer]{
	text("id", func(r *coupon.Customer) *coupon.CustomerID { return &r.ID }),
	text("source_id", func(r *coupon.Customer) *string { return &r.SourceID }),
	text("name", func(r *coupon.Customer) *string { return &r.Name }),
	derivedText("name_key", func(r *coupon.Customer) string { return nameKey(r.Name) }),
	text("email", func(r *coupon.Customer) *string { return &r.Email }),
	text("mobile", func(r *coupon.Customer) *string { return &r.Mobile }),
	derivedText("mobile_key", func(r *coupon.Customer) string { return mobileKey(r.Mobile) }),
	text("member_id", func(r *coupon.Customer) *string { return &r.MemberID }),
	doc("in_groups", func(r *coupon.Customer) *[]string { return &r.Groups }),
	text("language", func(r *coupon.Customer) *string { return &r.Language }),
	doc("consent", func(r *coupon.Customer) *map[string]bool { return &r.Consent }),
	flag("blocked", func(r *coupon.Customer) *bool { return &r.Blocked }),
	doc("metadata", func(r *coupon.Customer) *map[string]string { return &r.Metadata }),
	number("version", func(r *coupon.Customer) *int64 { return &r.Version }),
	when("created_at", func(r *coupon.Customer) *timeT { return &r.CreatedAt }),
	when("updated_at", func(r *coupon.Customer) *timeT { return &r.UpdatedAt }),
}}

var customerKeyTable = &table[coupon.KeyChange]{"customer_key", 1, []column[coupon.KeyChange]{
	text("natural_key", func(r *coupon.KeyChange) *coupon.CustomerKey { return &r.Key }),
	text("customer", func(r *coupon.KeyChange) *coupon.CustomerID { return &r.Customer }),
}}

var balanceTable = &table[coupon.Balance]{"balance", 2, []column[coupon.Balance]{
	text("customer", func(r *coupon.Balance) *coupon.CustomerID { return &r.Customer }),
	text("asset", func(r *coupon.Balance) *money.Asset { return &r.Asset }),
	number("minor", func(r *coupon.Balance) *int64 { return &r.Minor }),
}}

var counterTable = &table[coupon.Counter]{"counter", 1, []column[coupon.Counter]{
	text("counter_key", func(r *coupon.Counter) *coupon.CounterKey { return &r.Key }),
	text("campaign", func(r *coupon.Counter) *coupon.CampaignID { return &r.Campaign }),
	number("used", func(r *coupon.Counter) *int64 { return &r.Used }),
}}
