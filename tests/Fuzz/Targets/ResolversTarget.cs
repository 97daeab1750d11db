using System.Text;
using Sallyport.Agent.Host;

namespace Sallyport.Fuzz.Targets;

/// <summary>resolv.conf, which root in the job may have written.</summary>
internal sealed class ResolversTarget : IFuzzTarget
{
    public string Name => "resolvers";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "# by hand\nnameserver 198.51.100.53\nnameserver 2001:db8::53%eth0\nsearch Corp.Example. example.com\ndomain corp.example\noptions ndots:2\n"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[] { "nameserver ", "search ", "domain ", "\n", "\r", "\t", "::1", "%", ".", "..", "0x7f.1", "\0", "\u2028", "#" }.Select(Encoding.UTF8.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        var read = Resolvers.Parse(Encoding.UTF8.GetString(input));
        if (read.SearchDomains.Any(string.IsNullOrEmpty))
        {
            throw new InvalidOperationException("an empty search domain");
        }
    }
}
