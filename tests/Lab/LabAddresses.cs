namespace Sallyport.Lab;

/// <summary>
/// Who lives where. All of these exist only inside the two network namespaces of one laboratory, which have no way
/// out; in the machine's own namespace no route leads to them.
/// </summary>
public static class LabAddresses
{
    public const string Client = "198.51.100.2";
    public const string Client6 = "2001:db8::2";
    public const string Gateway = "198.51.100.1";
    public const string Gateway6 = "2001:db8::1";

    /// <summary>The only server in the job's resolv.conf.</summary>
    public const string Resolver = "198.51.100.53";

    /// <summary>The machine's resolver over IPv6; second line of resolv.conf.</summary>
    public const string Resolver6 = "2001:db8::53";

    /// <summary>Where systemd-resolved answers on a machine's loopback.</summary>
    public const string Stub = "127.0.0.53";

    /// <summary>Answers like the machine's resolver, but the machine does not name it.</summary>
    public const string ForeignResolver = "198.51.100.54";
    public const string ForeignResolver6 = "2001:db8::54";

    /// <summary>Where <c>allowed.test</c> and, on the same address, <c>shared.test</c> live.</summary>
    public const string Allowed = "198.51.100.10";
    public const string Allowed6 = "2001:db8::10";
    public const string AllowedSecond = "198.51.100.11";
    public const string AllowedSecond6 = "2001:db8::11";

    /// <summary>Hosts of workflows: of GitHub, one that is wanted, one that is not, of Ubuntu's packages, of Docker's images.</summary>
    public const string GitHub = "198.51.100.12";
    public const string Wanted = "198.51.100.13";
    public const string Unwanted = "198.51.100.14";
    public const string Archive = "198.51.100.15";
    public const string Images = "198.51.100.16";

    public const string Proxy = "198.51.100.20";
    public const string InHostsFile = "198.51.100.30";

    /// <summary>Where the canaries are sent.</summary>
    public const string Attacker = "198.51.100.66";
    public const string Attacker6 = "2001:db8::66";
    public const string AttackerMapped = "::ffff:198.51.100.66";

    /// <summary>The attacker behind a NAT64 gateway of the network (RFC 6052 section 2.1).</summary>
    public const string AttackerNat64 = "64:ff9b::198.51.100.66";

    /// <summary>The attacker by 6to4 (RFC 3056 section 2): 2002, the IPv4 address, anything.</summary>
    public const string Attacker6To4 = "2002:c633:6442::1";

    /// <summary>The attacker by Teredo (RFC 4380 section 4): 2001:0, the server, flags, port, and the client inverted.</summary>
    public const string AttackerTeredo = "2001:0:c633:6442:0:ffff:39cc:9bbd";

    public const string PublicResolver = "1.1.1.1";
    public const string Metadata = "169.254.169.254";
    public const string MetadataContainers = "169.254.170.2";
    public const string Metadata6 = "fd00:ec2::254";
    public const string CloudPlatform = "168.63.129.16";
    public const string Private = "10.0.0.1";
    public const string PrivateMapped = "::ffff:10.0.0.1";

    /// <summary>The private address behind a NAT64 gateway.</summary>
    public const string PrivateNat64 = "64:ff9b::10.0.0.1";

    /// <summary>Shared by the customers of a carrier (RFC 6598).</summary>
    public const string Carrier = "100.64.0.1";

    internal static IReadOnlyList<string> OfWorld { get; } =
    [
        Gateway, Resolver, ForeignResolver, Allowed, AllowedSecond, GitHub, Wanted, Unwanted, Archive, Images,
        Proxy, InHostsFile, Attacker, PublicResolver,
        Metadata, MetadataContainers, CloudPlatform, Private, Carrier,
        Gateway6, Resolver6, ForeignResolver6, Allowed6, AllowedSecond6, Attacker6, AttackerNat64, Attacker6To4, AttackerTeredo,
        Metadata6, PrivateNat64,
    ];
}
