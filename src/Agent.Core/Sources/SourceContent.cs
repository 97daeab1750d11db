using System.Globalization;
using Sallyport.Agent.Core.Git;
using Sallyport.Protocol.Hashing;

namespace Sallyport.Agent.Core.Sources;

/// <summary>
/// Whether content is what git has, though git may keep it otherwise: with other ends of lines (gitattributes(5), <c>eol</c>),
/// or as a pointer of Git LFS.
/// </summary>
internal sealed class SourceContent(ISourceReader reader)
{
    public SourceSnapshot Look(SourceFile file) => reader.Look(file);

    public bool IsSame(SourceFile file, SourceSnapshot seen)
    {
        if (!seen.Exists || seen.Id == file.Baseline)
        {
            return seen.Exists;
        }

        // Not read for its size: it is the same when nothing of it has changed.
        return seen.Id.IsNone ? seen.Stamp == file.Stamp : IsSameText(file, seen) || IsPointedTo(file, seen);
    }

    /// <summary>The content begins as the one before, and ends earlier.</summary>
    public bool IsPartOf(SourceFile file, SourceSnapshot seen) =>
        seen.Size == 0
        || (seen.Content is { } content && reader.TryReadBlob(file.Tree, file.Baseline) is { } before
            && content.Length < before.Length && before.AsSpan().StartsWith(content.Span));

    public string? Difference(SourceFile file, SourceSnapshot seen)
    {
        var before = reader.TryReadBlob(file.Tree, file.Baseline);
        return seen.Content is { } content && before is not null
            ? ShortDifference.Of(before, content.Span)
            : seen.Id.IsNone ? string.Create(CultureInfo.InvariantCulture, $"not read: {seen.Size} bytes") : null;
    }

    private static bool IsSameText(SourceFile file, SourceSnapshot seen)
    {
        if (seen.Content is not { } content || content.Span.IndexOf("\r\n"u8) < 0)
        {
            return false;
        }

        var text = new byte[content.Length];
        var length = 0;
        for (var i = 0; i < content.Length; i++)
        {
            if (content.Span[i] != '\r' || i + 1 == content.Length || content.Span[i + 1] != '\n')
            {
                text[length++] = content.Span[i];
            }
        }

        return BlobHasher.Of(file.Tree.Hash, text.AsSpan(0, length)) == file.Baseline;
    }

    private bool IsPointedTo(SourceFile file, SourceSnapshot seen) =>
        (seen.Content is not null || seen.Sha256 is not null)
        && reader.TryReadBlob(file.Tree, file.Baseline) is { } pointer && LfsPointer.Is(pointer)
        && LfsPointer.StandsFor(pointer, seen.Sha256 ?? Convert.ToHexStringLower(Sha256.Digest(seen.Content!.Value.Span)));
}
