using Sallyport.Lab;

namespace Sallyport.Docker.Tests.Machine;

/// <summary>
/// One call that a scenario makes. Its token is unique, so that what the world received is this call's.
/// </summary>
/// <param name="Host">Name or address in the URL.</param>
/// <param name="Address">Where the call arrives.</param>
/// <param name="Token">In the path, and in a forbidden name as well.</param>
public sealed record Destination(string Host, string Address, string Token)
{
    public const int Port = 80;

    /// <summary>What <see cref="Command"/> begins with. (The -T of this busybox's wget is a null pointer.)</summary>
    public const string Wget = "timeout 20 wget -q -O-";

    /// <summary>Text, as it stands in the argv of the client.</summary>
#pragma warning disable CA1056 // compared byte by byte with what the report says
    public string Url =>
        Host.Contains(':', StringComparison.Ordinal) ? $"http://[{Host}]/{Token}" : $"http://{Host}/{Token}";
#pragma warning restore CA1056

    /// <summary>Nothing but the question for the name, which must be told at once that there is none.</summary>
    public bool IsQuestion { get; init; }

    /// <summary>The command that makes this call, from busybox.</summary>
    public IEnumerable<string> Command =>
        IsQuestion ? ["at-once", "NXDOMAIN", "nslookup", Host] : [.. Wget.Split(' '), Url];

    /// <summary>A name outside the policy, unique to this call.</summary>
    public static Destination Forbidden()
    {
        string token = NewToken();
        return new Destination($"{token}.attacker.test", LabAddresses.Attacker, token);
    }

    /// <summary>The same, of which only an IPv6 address is known.</summary>
    public static Destination Forbidden6()
    {
        string token = NewToken();
        return new Destination($"{token}.six.test", LabAddresses.Attacker6, token);
    }

    public static Destination ForbiddenAddress() => new(LabAddresses.Attacker, LabAddresses.Attacker, NewToken());

    public static Destination ForbiddenAddress6() => new(LabAddresses.Attacker6, LabAddresses.Attacker6, NewToken());

    /// <summary>A name that the policy of these tests allows; see <see cref="ContainerLab.Allow"/>.</summary>
    public static Destination Allowed() => new("v4.test", LabAddresses.Allowed, NewToken());

    public static Destination Allowed6() => new("v6.test", LabAddresses.Allowed6, NewToken());

    public static string NewToken() => $"t{Guid.NewGuid():n}";
}
