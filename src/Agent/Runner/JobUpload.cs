using System.Text;
using Sallyport.Agent.Commands;
using Sallyport.Agent.Host;
using Sallyport.Agent.Sinks;
using Sallyport.Agent.Upload;

namespace Sallyport.Agent.Runner;

/// <summary>A job's recording on its way to a server. What came of it stands beside the reports: nobody reads what this process prints.</summary>
internal sealed class JobUpload(CommandContext context, RunnerWorkplace workplace) : IDisposable
{
    private const string FileName = "upload.txt";

    private UploadProcess? process;

    /// <summary>Sends from here on; the first server that is named stays. Gives the process that does it.</summary>
    /// <exception cref="IOException">It cannot be started.</exception>
    internal int Start(UploadTarget target, RunnerPolicy policy) => (process ??= UploadProcess.Start(
        workplace.Spool, target, ofRunner: true, VersionOf(policy), context.Caller.Descriptors)).Pid;

    /// <summary>The recording has ended.</summary>
    /// <param name="segments">That it has.</param>
    internal void End(long segments)
    {
        if (process is not null)
        {
            Say(process.End(segments).Said);
        }
    }

    public void Dispose() => process?.Dispose();

    private static string? VersionOf(RunnerPolicy policy) =>
        policy.Shown.From.StartsWith(StoredPolicies.Origin, StringComparison.Ordinal)
            ? policy.Shown.From[StoredPolicies.Origin.Length..]
            : string.Join(", ", new[] { policy.Floors.Names, policy.Denied.Name }.Where(name => !string.IsNullOrEmpty(name))) is { Length: > 0 } names ? names : null;

    private void Say(string text) => _ = new OutputFolder(workplace.Results, UserAccount.OfThisProcess()).Write(
        FileName, stream => stream.Write(Encoding.UTF8.GetBytes(text + "\n")));
}
