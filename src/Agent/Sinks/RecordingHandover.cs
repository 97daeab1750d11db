using System.Diagnostics.CodeAnalysis;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Sinks;

/// <summary>
/// Copies a recording from the folder that only root can write to into the user's, with the user's rights: whole, or of a job that goes
/// on as far as it was sealed. A copy and not a rename: nothing of the job ever held the file that was written.
/// </summary>
internal static class RecordingHandover
{
    internal const string FileName = "recording.ndjson.zst";

    /// <summary>False with the reason when it could not be copied; the original stays.</summary>
    internal static bool TryCopy(
        string spool, string output, UserAccount owner, [NotNullWhen(false)] out string? reason)
    {
        reason = null;
        try
        {
            using var source = RootFile.OpenGrowing(Path.Combine(spool, FileName));
            new UserFiles(owner).Run(() =>
            {
                using var target = File.Create(Path.Combine(output, FileName));
                source.CopyTo(target);
            });
            return true;
        }
        catch (IOException e)
        {
            reason = e.Message;
            return false;
        }
        catch (UnauthorizedAccessException e)
        {
            reason = e.Message;
            return false;
        }
    }
}
