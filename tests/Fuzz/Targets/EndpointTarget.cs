using System.Text;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Reading;

namespace Sallyport.Fuzz.Targets;

/// <summary>Lists of endpoints, as <c>--allow</c> and as <c>allowed-endpoints</c>.</summary>
internal sealed class EndpointTarget : IFuzzTarget
{
    public string Name => "endpoints";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "github.com:443 *.docker.io:443\nexample.com"u8.ToArray(), "10.0.0.0/8:80-90"u8.ToArray(),
        "[2001:db8::1]:443"u8.ToArray(), "udp://time.example.com:123"u8.ToArray(), "@github-actions"u8.ToArray(),
        "b\u00fccher.example"u8.ToArray(), "icmp://198.51.100.1"u8.ToArray(), "proxy://proxy.example:3128"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "*.", ":*", "://", "tcp", "udp", "ssh", "dns", "/0", "/129", "::ffff:", "%eth0", "xn--", ".", "-", "..", "0x7f",
            "65535", "65536", "\u3002", "\u0000", " ", "\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        Compile(PolicySource.Allow(text));
        Compile(PolicySource.AllowedEndpoints(text));
    }

    private static void Compile(PolicySource source)
    {
        if (PolicyReader.Read(source).Document is { } document)
        {
            PolicyCompiler.Compile(document, new CompileContext());
        }
    }
}
