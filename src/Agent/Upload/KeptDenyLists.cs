using System.Globalization;
using Sallyport.Agent.Host;
using Sallyport.Protocol.DenyLists;
using Sallyport.Protocol.Signing;

namespace Sallyport.Agent.Upload;

/// <summary>
/// The deny list of one key that this machine accepted last, on disk, for root alone. A file for each version, of which the latest that
/// verifies counts: two jobs that start at once cannot put an older one in the place of a newer one. Those before it are removed.
/// </summary>
internal sealed class KeptDenyLists(string folder, byte[] key)
{
    private readonly string prefix = OwnerKey.KeyId(key) + "-";

    /// <summary>Null when there is none, or none that verifies.</summary>
    internal OpenedDenyList? Read() => RootFolder.IsSafe(folder)
        ? Files().OrderByDescending(file => file.Name, StringComparer.Ordinal)
            .Select(file => OpenedDenyList.TryOpen(RootFile.TryRead(file.FullName, DenyListLimits.EnvelopeBytes), key, out _))
            .FirstOrDefault(opened => opened is not null)
        : null;

    /// <summary>Keeps a list; null when it is kept, else why not.</summary>
    internal string? Keep(OpenedDenyList opened)
    {
        try
        {
            RootFolder.Ensure(folder);
            var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{opened.List.Version:d10}.json");
            var path = Path.Combine(folder, name);
            if (!RootFile.TryRead(path, DenyListLimits.EnvelopeBytes).AsSpan().SequenceEqual(opened.Envelope.Span))
            {
                RootFile.Replace(path, opened.Envelope.Span);
            }

            foreach (var old in Files().Where(file => string.CompareOrdinal(file.Name, name) < 0))
            {
                old.Delete();
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private FileInfo[] Files() => new DirectoryInfo(folder).GetFiles(prefix + "*.json");
}
