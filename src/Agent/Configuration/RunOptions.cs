using System.Collections.Immutable;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Upload;
using Sallyport.Policy;

namespace Sallyport.Agent.Configuration;

/// <summary>What <c>sallyport run</c> was asked.</summary>
/// <param name="Mode">Of the command line; null leaves it to the policy file, and audit without one.</param>
/// <param name="Allow">Values of <c>--allow</c>.</param>
/// <param name="AllowedEndpoints">Text of <c>--allowed-endpoints</c>, or null.</param>
/// <param name="PolicyFile">Path, or null.</param>
/// <param name="Output">Folder for what the run leaves.</param>
/// <param name="FailOn">What gives exit code 10.</param>
/// <param name="Baseline">report.json of an earlier run, or null.</param>
/// <param name="Quiet">No status line and no table.</param>
/// <param name="NoColor">No colours.</param>
/// <param name="CgroupRoot">cgroup v2 folder to attach to; null for the root of the hierarchy.</param>
/// <param name="Tables">Sizes of the kernel's tables.</param>
/// <param name="PassDocker">Who asks a container runtime for what is learned at a socket in its place.</param>
/// <param name="WatchFiles">Changes of files are looked at.</param>
/// <param name="Server">Server that gets the recording, and its key; null for none.</param>
/// <param name="Command">The command as text, for what is shown; its bytes come from the process's own arguments.</param>
internal sealed record RunOptions(
    PolicyMode? Mode,
    ImmutableArray<string> Allow,
    string? AllowedEndpoints,
    string? PolicyFile,
    string Output,
    FailOn FailOn,
    string? Baseline,
    bool Quiet,
    bool NoColor,
    string? CgroupRoot,
    TableSizes Tables,
    bool PassDocker,
    bool WatchFiles,
    UploadTarget? Server,
    ImmutableArray<string> Command);
