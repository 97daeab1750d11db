using System.Globalization;
using System.Text;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>
/// What the guardian is told: a word and a value, each ended by NUL, which no path can hold. What stands after the
/// last whole pair is not said yet.
/// </summary>
/// <param name="Word">One of the words below.</param>
/// <param name="Value">Path, or numbers.</param>
internal sealed record GuardOrder(string Word, string Value)
{
    /// <summary>A cgroup: kill all in it, and remove it.</summary>
    internal const string Cgroup = "cgroup";

    /// <summary>Number and start of a process: kill it and all below it.</summary>
    internal const string Process = "process";

    /// <summary>Number and start of a process that decides when the job ends: nothing is stopped, all is held until then.</summary>
    internal const string Await = "await";

    /// <summary>A file whose coming means that enforcement is overridden: what is held is let go, and the rest is done when it is due.</summary>
    internal const string Lift = "lift";

    /// <summary>Folder of a <see cref="PinnedLinks"/>: removed as soon as what is held is let go.</summary>
    internal const string Pins = "pins";

    /// <summary>A file or folder to remove.</summary>
    internal const string Remove = "remove";

    /// <summary>A <see cref="Enforcement.TrafficFilter"/> to take off.</summary>
    internal const string Filter = "filter";

    /// <summary>Id of a job whose changes of the machine are to be undone.</summary>
    internal const string Undo = "undo";

    /// <summary>Folder of the recording as it grows.</summary>
    internal const string Spool = "spool";

    /// <summary>Folder that the recording is handed over to.</summary>
    internal const string Output = "output";

    /// <summary>uid, gid and supplementary groups of who gets it, with blanks between.</summary>
    internal const string Owner = "owner";

    /// <summary>The agent has cleaned up by itself: nothing is left to do.</summary>
    internal const string Done = "done";

    internal static GuardOrder Of(string word, ProcessIdentity process) =>
        new(word, string.Create(CultureInfo.InvariantCulture, $"{process.Pid} {process.StartTicks}"));

    /// <summary>The recording in one folder is copied to the other, for its owner.</summary>
    internal static IEnumerable<GuardOrder> Recording(string spool, string output, UserAccount owner) =>
    [
        new(Owner, string.Join(' ', new[] { owner.User, owner.Group }.Concat(owner.Groups))), new(Output, output), new(Spool, spool),
    ];

    internal byte[] Format() => Encoding.UTF8.GetBytes($"{Word}\0{Value}\0");

    internal static List<GuardOrder> Parse(string text)
    {
        var orders = new List<GuardOrder>();
        var parts = text.Split('\0');
        for (var i = 0; i + 2 < parts.Length; i += 2)
        {
            orders.Add(new GuardOrder(parts[i], parts[i + 1]));
        }

        return orders;
    }
}
