using System.Collections.Immutable;
using Sallyport.Policy;

namespace Sallyport.Agent.Files;

/// <summary>What of the files is watched.</summary>
/// <param name="Folders">Folders whose file systems are watched; the first one is where the job works.</param>
/// <param name="Tools">Programs that may write to tracked files, by path.</param>
/// <param name="Protected">Which of the tracked files are looked after.</param>
internal sealed record FileWatchOptions(ImmutableArray<string> Folders, ImmutableArray<string> Tools, FileGlobs Protected)
{
    /// <summary>As a policy says.</summary>
    internal static FileWatchOptions Of(PolicyDocument policy, string folder) =>
        new([folder], policy.FileTools, new FileGlobs(policy.ProtectedFiles));
}
