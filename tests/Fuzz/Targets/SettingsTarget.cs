using System.Text;
using Sallyport.Policy.Machine;

namespace Sallyport.Fuzz.Targets;

/// <summary>agent.yml.</summary>
internal sealed class SettingsTarget : IFuzzTarget
{
    public string Name => "settings";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        """
        version: 1
        scope: job
        policy: /etc/sallyport/policy.yml
        floor: /etc/sallyport/floor.yml
        policyActions: [example/policy]
        runner: { allow: ["proxy.example.com:3128"] }
        unprotected: stop
        sudo: bounded
        keep: { jobs: 20, megabytes: 500 }
        server: { url: "https://sallyport.example.com", keyFile: /etc/sallyport/key, proxy: "http://proxy.example.com:3128" }
        cgroupRoot: /sys/fs/cgroup/jobs
        """u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "version", "scope", "job", "machine", "policyActions", "keep", "server", "url", "denyListKey", "overrideKey", "- ", ": ", "\n  ", "&a ", "*a",
            "<<: ", "|\n", "---\n", "\t", "{", "}", "[", "]", "-1", "99999999999999999999", "http://", "\u0000", "\u202e", "\ufeff",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        var reading = MachineSettingsReader.Read("agent.yml", input.ToArray());
        if (reading.Settings is null && reading.Mistakes.IsEmpty)
        {
            throw new InvalidOperationException("neither settings nor a mistake");
        }
    }
}
