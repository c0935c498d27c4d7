package coupon

// Role is a named set of permissions.
type Role string

// The roles.
const (
	Admin     Role = "admin"
	Marketing Role = "marketing"
	Cashier   Role = "cashier"
	Support   Role = "support"
	Finance   Role = "finance"
	Developer Role = "developer"
)

// Roles lists every role.
func Roles() []Role { return []Role{Admin, Marketing, Cashier, Support, Finance, Developer} }

// Permission is one thing a person may do.
type Permission string

// The permissions, in the order of docs/security.md.
const (
	ReadCampaigns       Permission = "campaigns:read"
	WriteCampaigns      Permission = "campaigns:write"
	FreezeBatches       Permission = "batches:freeze"
	ListVouchers        Permission = "vouchers:list"
	RevealCodes         Permission = "vouchers:reveal"
	ExportCodes         Permission = "vouchers:export"
	ExportMasked        Permission = "vouchers:export_masked"
	IssueVouchers       Permission = "vouchers:issue"
	ChangeVouchers      Permission = "vouchers:change"
	RedeemVouchers      Permission = "redemptions:write"
	ReverseRedemptions  Permission = "redemptions:reverse"
	ReadRedemptions     Permission = "redemptions:read"
	ReadEvents          Permission = "events:read"
	CreateDistributions Permission = "distributions:write"
	ConfirmDistribution Permission = "distributions:confirm"
	ReadDistributions   Permission = "distributions:read"
	LookUpCustomers     Permission = "customers:look_up"
	ReadCustomers       Permission = "customers:read"
	ReadMaskedCustomers Permission = "customers:read_masked"
	WriteCustomers      Permission = "customers:write"
	MergeCustomers      Permission = "customers:merge"
	EraseCustomers      Permission = "customers:erase"
	SendMessages        Permission = "messages:send" // and add notes
	ReadMessages        Permission = "messages:read" // and notes
	ReadLedger          Permission = "ledger:read"
	ReadCustomerLedger  Permission = "ledger:read_customer"
	AdjustBalances      Permission = "ledger:adjust"
	ManageSettings      Permission = "settings:write"
	ManageKeys          Permission = "keys:write"
	ReadWebhooks        Permission = "webhooks:read"
	ManageWebhooks      Permission = "webhooks:write"
)

// granted is the one table of who may do what (docs/security.md shows it).
var granted = map[Permission][]Role{
	ReadCampaigns:       {Admin, Marketing, Support, Finance},
	WriteCampaigns:      {Admin, Marketing},
	FreezeBatches:       {Admin, Marketing},
	ListVouchers:        {Admin, Marketing, Support, Finance},
	RevealCodes:         {Admin, Support},
	ExportCodes:         {Admin, Marketing},
	ExportMasked:        {Admin, Marketing, Finance},
	IssueVouchers:       {Admin, Marketing, Support},
	ChangeVouchers:      {Admin, Marketing, Support},
	RedeemVouchers:      {Admin, Cashier, Support},
	ReverseRedemptions:  {Admin, Support},
	ReadRedemptions:     {Admin, Marketing, Support, Finance},
	ReadEvents:          {Admin, Finance, Developer},
	CreateDistributions: {Admin, Marketing},
	ConfirmDistribution: {Admin, Marketing},
	ReadDistributions:   {Admin, Marketing, Finance},
	LookUpCustomers:     {Admin, Marketing, Cashier, Support},
	ReadCustomers:       {Admin, Marketing, Support},
	ReadMaskedCustomers: {Admin, Marketing, Support, Finance},
	WriteCustomers:      {Admin, Marketing, Support},
	MergeCustomers:      {Admin, Support},
	EraseCustomers:      {Admin},
	SendMessages:        {Admin, Marketing, Support},
	ReadMessages:        {Admin, Marketing, Support},
	ReadLedger:          {Admin, Finance},
	ReadCustomerLedger:  {Admin, Support, Finance},
	AdjustBalances:      {Admin},
	ManageSettings:      {Admin},
	ManageKeys:          {Admin, Developer},
	ReadWebhooks:        {Admin, Developer},
	ManageWebhooks:      {Admin, Developer},
}

// May reports whether the role has the permission.
func (r Role) May(p Permission) bool {
	for _, role := range granted[p] {
		if role == r {
			return true
		}
	}
	return false
}
