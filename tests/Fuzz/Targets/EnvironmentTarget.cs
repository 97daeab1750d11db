using System.Text;
using Sallyport.Agent.Core.GitHub.Identities;

namespace Sallyport.Fuzz.Targets;

/// <summary>Environments of a step's first process.</summary>
internal sealed class EnvironmentTarget : IFuzzTarget
{
    public string Name => "environment";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "CI=true\0GITHUB_ACTION=__run_2\0GITHUB_JOB=build\0GITHUB_OUTPUT=/w/set_output_4448a321-a322-4818-bebf-2bf9f68eb223\0"u8.ToArray(),
        "PATH=/bin\0RUNNER_TRACKING_ID=github_1\0GITHUB_ACTION=a\0GITHUB_ACTION=b\0"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
        [.. new[] { "\0", "=", "GITHUB_ACTION=", "GITHUB_ACTION_PATH=", "GITHUB_OUTPUT=", "set_output_" }.Select(Encoding.UTF8.GetBytes)];

    public void Read(ReadOnlySpan<byte> input)
    {
        var whole = EnvironmentReader.Read(input, false);
        var cut = EnvironmentReader.Read(input, true);

        // Less is known of a cut one, and never something else.
        if (cut.Execution.Action is { } action && action != whole.Execution.Action)
        {
            throw new InvalidOperationException("a cut environment says another step");
        }
    }
}
