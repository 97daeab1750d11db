namespace Sallyport.Agent.Core.Files;

/// <summary>A line of /proc/PID/mountinfo (proc(5)).</summary>
/// <param name="Number">Of the mount.</param>
/// <param name="Device">Of the file system, <c>major:minor</c>.</param>
/// <param name="Root">Which folder of it is mounted.</param>
/// <param name="Path">Where.</param>
/// <param name="Options">Of the mount.</param>
/// <param name="Kind">Of file system.</param>
/// <param name="Upper">Of an overlay: the folder that takes what is written; null for all else.</param>
public sealed record MountLine(string Number, string Device, string Root, string Path, string Options, string Kind, string? Upper)
{
    private const string UpperOption = "upperdir=";

    /// <summary>Reads one line; null when it is none.</summary>
    public static MountLine? TryRead(string line)
    {
        ArgumentNullException.ThrowIfNull(line);

        // "36 35 98:0 /root /mnt rw,noatime shared:1 - ext4 /dev/root rw": number, …, device, root, where, options, …, a dash, the kind, …
        var fields = line.Split(' ');
        var dash = Array.IndexOf(fields, "-");
        if (dash < 6 || dash + 1 >= fields.Length)
        {
            return null;
        }

        var kind = fields[dash + 1];
        var upper = kind != "overlay" || dash + 3 >= fields.Length ? null
            : Array.Find(fields[dash + 3].Split(','), option => option.StartsWith(UpperOption, StringComparison.Ordinal))?[UpperOption.Length..];
        return new MountLine(
            fields[0], fields[2], Unescape(fields[3]), Unescape(fields[4]), fields[5], kind, upper is ['/', ..] ? Unescape(upper) : null);
    }

    // Blanks, tabs, line feeds and backslashes are octal there.
    private static string Unescape(string text) => text
        .Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
        .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
