<#
.SYNOPSIS
Reads what Exchange and Windows say about receiving mail by SMTP. It changes nothing.

.DESCRIPTION
For the administrator: run it in the Exchange Management Shell of one server. It writes one JSON
file, which the compliance suite reads offline:

    .\collect.ps1 -Path C:\Temp\exchange.json
    pytest tests_internal --snapshot=exchange.json

For the reviewer: the script consists of four small functions, twelve sections that call one Get-
cmdlet each, and the output at the end. What it can do is limited like this, and a self-test of the
suite (selftests/gateways/test_collect_script.py) proves it on the syntax tree of this very file:

  * The only cmdlets are Get-ExchangeServer, Get-ReceiveConnector, Get-ADPermission,
    Get-ExchangeCertificate, Get-AcceptedDomain, Get-SendConnector, Get-OrganizationConfig,
    Get-TransportConfig, Get-HybridConfiguration, Get-NetworkConnectionInfo, Get-Service,
    Get-CimInstance (class Win32_Service), Get-NetTCPConnection, Where-Object, ConvertTo-Json.
  * Script blocks are called in one place, "& $Read" in Read-Section, and only with literal ones.
  * Values are stored in variables and in dictionaries made here, never in an object that was read.
  * There is one write: [System.IO.File]::WriteAllText($Path, $json), once, at the end, under
    "if ($Path)", and $Path is nothing but the parameter. That the file must be new is checked
    where the code begins.

Not read: mailboxes, messages, passwords, private keys. RawData of a certificate is its public part.

Rights: View-Only Organization Management; Get-ADPermission may need Organization Management. What
may not be read is reported as such, section by section, and the rest is still collected.

It is written for Windows PowerShell 5.1 and was checked by its syntax only: the project had neither
Windows nor Exchange at hand.

.PARAMETER Server
Servers whose certificates, network addresses and services are read: Exchange names or full DNS
names. Default: every server of the organization. Connectors and permissions are always read whole.

.PARAMETER Path
New file for the JSON document, with its full path. Without it the document is printed, framed as
base64 lines between two marks, so that no console can damage it.

.NOTES
Document: format, version, taken (UTC), server, sections. Section: cmdlet, ok, errors (target, type,
id, message; target is the server or connector, or empty), absent (properties that some object
lacks), items. Values: null, true or false, whole numbers, lists; dates as UTC text; else text.
#>
[CmdletBinding()]
param(
    [string[]]$Server,
    [string]$Path
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'

if ($Path -and $Path -notmatch '^([A-Za-z]:[\\/]|\\\\)') {
    throw 'Path must be a full path, such as C:\Temp\exchange.json'
}
if ($Path -and [System.IO.File]::Exists($Path)) {
    throw 'Path names a file that exists; this script overwrites nothing'
}

$Invariant = [System.Globalization.CultureInfo]::InvariantCulture
$Machine = [System.Environment]::MachineName
$Taken = [datetime]::UtcNow
$Sids = [ordered]@{}
$Ports = 25, 110, 143, 465, 475, 476, 477, 587, 717, 993, 995, 2525
$Services = @(
    'MSExchangePop3', 'MSExchangePOP3BE', 'MSExchangeImap4', 'MSExchangeIMAP4BE',
    'MSExchangeFrontEndTransport', 'MSExchangeTransport'
)

# Text for everything but null, truth, whole numbers, lists and dates. In the Exchange Management
# Shell an enum can be a number that prints as its names: a number counts only if it prints as one.
function ConvertTo-Plain {
    param($Value, [int]$Level = 0)
    if ($null -eq $Value) { return $null }
    if ($Value -is [bool]) { return [bool]$Value }
    if ($Value -is [datetime]) { return $Value.ToUniversalTime().ToString('s', $Invariant) + 'Z' }
    if ($Value -is [byte[]]) { return [System.Convert]::ToBase64String($Value) }
    $text = "$Value"
    if ($Value -is [string]) { return $text }
    if ($Value -is [System.Collections.IEnumerable] -and $Level -lt 2) {
        $below = $Level + 1
        $list = @(foreach ($element in $Value) { ConvertTo-Plain -Value $element -Level $below })
        return , $list
    }
    $whole = $Value -is [byte] -or $Value -is [int16] -or $Value -is [uint16] -or
        $Value -is [int] -or $Value -is [uint32] -or $Value -is [long]
    if ($whole -and $text -match '^-?[0-9]+$') { return [long]$text }
    return $text
}

# Account names are localized, SIDs are not. Null where this machine can't translate the name.
function ConvertTo-Sid {
    param([string]$Account)
    if ($Account -match '^S-1-[0-9-]+$') { return $Account }
    if (-not $Sids.Contains($Account)) {
        $Sids[$Account] = $null
        try {
            $name = [System.Security.Principal.NTAccount]$Account
            $Sids[$Account] = $name.Translate([System.Security.Principal.SecurityIdentifier]).Value
        } catch {
            $Sids[$Account] = $null
        }
    }
    return $Sids[$Account]
}

# A property that the object lacks stays out of the row; an empty one is in it, as null.
function ConvertTo-Row {
    param($Item, [string[]]$Property, [string]$Column, [string]$Target)
    $row = [ordered]@{}
    foreach ($name in $Property) {
        $found = $Item.PSObject.Properties[$name]
        if ($found) { $row[$name] = ConvertTo-Plain -Value $found.Value }
    }
    if ($Column) { $row[$Column] = $Target }
    if ($row.Contains('User')) { $row['Sid'] = ConvertTo-Sid -Account $row['User'] }
    return $row
}

# One section: -Read is called once for each target, and each target fails by itself.
function Read-Section {
    param(
        [string]$Cmdlet, [string[]]$Property, [scriptblock]$Read,
        [string]$Column, [string[]]$Targets = @('')
    )
    $absent = [ordered]@{}
    $failures = @()
    $items = @(foreach ($target in $Targets) {
        try {
            $objects = @(& $Read $target)
            $rows = @(foreach ($object in $objects) {
                ConvertTo-Row -Item $object -Property $Property -Column $Column -Target $target
            })
            foreach ($name in $Property) {
                foreach ($object in $objects) {
                    if (-not $object.PSObject.Properties[$name]) { $absent[$name] = $true }
                }
            }
            $rows
        } catch {
            $failure = [ordered]@{
                target = $target
                type = $_.Exception.GetType().FullName
                id = $_.FullyQualifiedErrorId
                message = $_.Exception.Message
            }
            $failures += , $failure
        }
    })
    if (@($Targets).Count -eq 0) {
        $failure = [ordered]@{
            target = ''
            type = 'NoTarget'
            id = 'NoTarget'
            message = 'nothing is known that could be asked about'
        }
        $failures += , $failure
    }
    return [ordered]@{
        cmdlet = $Cmdlet
        ok = @($failures).Count -eq 0
        errors = @($failures)
        absent = @($absent.Keys)
        items = $items
    }
}

$ExchangeServers = Read-Section -Cmdlet 'Get-ExchangeServer' -Property @(
    'Identity', 'Name', 'Fqdn', 'ServerRole', 'Edition', 'AdminDisplayVersion', 'Site',
    'IsEdgeServer'
) -Read { Get-ExchangeServer -ErrorAction Stop }

$known = @(foreach ($entry in $ExchangeServers['items']) { $entry['Name']; $entry['Fqdn'] })
$chosen = @(
    foreach ($entry in $ExchangeServers['items']) {
        $named = $Server -contains $entry['Name'] -or $Server -contains $entry['Fqdn']
        if ($named -or -not $Server) { $entry['Name'] }
    }
    foreach ($unknown in $Server) { if ($known -notcontains $unknown) { $unknown } }
)
if ($chosen.Count -eq 0) { $chosen = @($Machine) }

$Connectors = Read-Section -Cmdlet 'Get-ReceiveConnector' -Property @(
    'Identity', 'Name', 'DistinguishedName', 'Server', 'Enabled', 'TransportRole', 'Bindings',
    'RemoteIPRanges', 'AuthMechanism', 'PermissionGroups', 'Fqdn', 'Banner', 'TlsCertificateName',
    'TlsDomainCapabilities', 'RequireTLS', 'DomainSecureEnabled', 'SuppressXAnonymousTls',
    'EnableAuthGSSAPI', 'ExtendedProtectionPolicy', 'RequireEHLODomain', 'ProtocolLoggingLevel',
    'MaxLogonFailures', 'MaxProtocolErrors', 'TarpitInterval', 'AuthTarpitInterval',
    'ConnectionTimeout', 'ConnectionInactivityTimeout', 'MaxInboundConnection',
    'MaxInboundConnectionPerSource', 'MaxInboundConnectionPercentagePerSource', 'MessageRateLimit',
    'MessageRateSource', 'MaxMessageSize', 'MaxRecipientsPerMessage', 'LiveCredentialEnabled',
    'AdvertiseClientSettings', 'Comment', 'ExchangeVersion', 'WhenCreatedUTC', 'WhenChangedUTC'
) -Read { Get-ReceiveConnector -ErrorAction Stop }

$Dns = [ordered]@{}
foreach ($entry in $Connectors['items']) {
    if ($entry['Identity']) { $Dns[$entry['Identity']] = $entry['DistinguishedName'] }
}
$Permissions = Read-Section -Cmdlet 'Get-ADPermission' -Property @(
    'User', 'Deny', 'IsInherited', 'ExtendedRights', 'AccessRights', 'InheritanceType'
) -Column 'Identity' -Targets @($Dns.Keys) -Read {
    param($Identity)
    Get-ADPermission -Identity $Dns[$Identity] -ErrorAction Stop
}

$Certificates = Read-Section -Cmdlet 'Get-ExchangeCertificate' -Property @(
    'Thumbprint', 'Subject', 'Issuer', 'SerialNumber', 'NotBefore', 'NotAfter',
    'CertificateDomains', 'Services', 'HasPrivateKey', 'IsSelfSigned', 'RootCAType', 'Status',
    'RawData'
) -Column 'Server' -Targets $chosen -Read {
    param($Name)
    Get-ExchangeCertificate -Server $Name -ErrorAction Stop
}

$Domains = Read-Section -Cmdlet 'Get-AcceptedDomain' -Property @(
    'Identity', 'Name', 'DomainName', 'DomainType', 'MatchSubDomains', 'Default'
) -Read { Get-AcceptedDomain -ErrorAction Stop }

$SendConnectors = Read-Section -Cmdlet 'Get-SendConnector' -Property @(
    'Identity', 'Name', 'Enabled', 'AddressSpaces', 'SmartHosts', 'SmartHostAuthMechanism',
    'SourceTransportServers', 'DNSRoutingEnabled', 'FrontendProxyEnabled',
    'CloudServicesMailEnabled', 'Fqdn', 'RequireTLS', 'TlsAuthLevel', 'TlsDomain',
    'TlsCertificateName'
) -Read { Get-SendConnector -ErrorAction Stop }

$Organization = Read-Section -Cmdlet 'Get-OrganizationConfig' -Property @(
    'Identity', 'Name', 'AdminDisplayVersion', 'ExchangeVersion', 'WhenChangedUTC'
) -Read { Get-OrganizationConfig -ErrorAction Stop }

$Transport = Read-Section -Cmdlet 'Get-TransportConfig' -Property @(
    'Identity', 'InternalSMTPServers', 'TLSReceiveDomainSecureList', 'TLSSendDomainSecureList',
    'ExternalPostmasterAddress', 'MaxReceiveSize'
) -Read { Get-TransportConfig -ErrorAction Stop }

$Hybrid = Read-Section -Cmdlet 'Get-HybridConfiguration' -Property @(
    'Identity', 'Domains', 'Features', 'ReceivingTransportServers', 'SendingTransportServers',
    'EdgeTransportServers', 'TlsCertificateName', 'OnPremisesSmartHost', 'ExternalIPAddresses'
) -Read { Get-HybridConfiguration -ErrorAction Stop }

$Networks = Read-Section -Cmdlet 'Get-NetworkConnectionInfo' -Property @(
    'Name', 'IPAddresses', 'DnsServers'
) -Column 'Server' -Targets $chosen -Read {
    param($Name)
    Get-NetworkConnectionInfo -Identity $Name -ErrorAction Stop
}

# Before PowerShell 5 a service object has no StartType; Win32_Service calls it StartMode then.
$WindowsServices = Read-Section -Cmdlet 'Get-Service' -Property @(
    'Name', 'DisplayName', 'Status', 'StartType'
) -Column 'Server' -Targets $chosen -Read {
    param($Name)
    $present = Get-Service -ComputerName $Name -ErrorAction Stop |
        Where-Object { $Services -contains $_.Name }
    foreach ($service in $present) {
        if ($service.PSObject.Properties['StartType']) {
            $service
        } else {
            $all = Get-CimInstance -ClassName Win32_Service -ComputerName $Name -ErrorAction Stop
            $same = $all | Where-Object { $_.Name -eq $service.Name }
            [pscustomobject]@{
                Name = $service.Name
                DisplayName = $service.DisplayName
                Status = $service.Status
                StartType = $same.StartMode -replace '^Auto$', 'Automatic'
            }
        }
    }
}

# Of this machine only.
$Listeners = Read-Section -Cmdlet 'Get-NetTCPConnection' -Property @(
    'LocalAddress', 'LocalPort', 'State', 'OwningProcess'
) -Column 'Server' -Targets $Machine -Read {
    Get-NetTCPConnection -State Listen -ErrorAction Stop |
        Where-Object { $Ports -contains $_.LocalPort }
}

$sections = @(
    $ExchangeServers, $Connectors, $Permissions, $Certificates, $Domains, $SendConnectors,
    $Organization, $Transport, $Hybrid, $Networks, $WindowsServices, $Listeners
)
$json = ConvertTo-Json -Depth 8 -Compress -InputObject ([ordered]@{
    format = 'smtp-exposure-collection'
    version = 1
    taken = ConvertTo-Plain -Value $Taken
    server = $Machine
    sections = $sections
})

if ($Path) {
    [System.IO.File]::WriteAllText($Path, $json)
    foreach ($section in $sections) {
        $counts = $section['items'].Count, $section['errors'].Count
        '{0}: {1} items, {2} errors' -f $section['cmdlet'], $counts[0], $counts[1]
    }
} else {
    $bytes = [System.Text.Encoding]::UTF8.GetBytes($json)
    $digest = [System.Security.Cryptography.SHA256]::Create().ComputeHash($bytes)
    $hex = ([System.BitConverter]::ToString($digest) -replace '-', '').ToLowerInvariant()
    '<<<BEGIN {0} {1}>>>' -f $bytes.Length, $hex
    $base64 = [System.Convert]::ToBase64String($bytes)
    for ($start = 0; $start -lt $base64.Length; $start += 1024) {
        $base64.Substring($start, [System.Math]::Min(1024, $base64.Length - $start))
    }
    '<<<END>>>'
}
