using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Files;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>sudo-changed</c>: a file that says who may become root, or what runs when somebody does. Paths are the machine's, also of what a
/// container writes: its own files of these names lie elsewhere. Keeps nothing.
/// </summary>
internal sealed class SudoChangedDetector(Lineage lineage) : IDetector
{
    private static readonly string[] Files =
        ["/etc/sudoers", "/etc/sudoers.d", "/etc/sudo.conf", "/etc/pam.d", "/etc/polkit-1/rules.d", "/etc/ld.so.preload"];

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is FileChanged changed && Array.Exists(Files, file => FolderPath.IsSameOrBelow(changed.Path, file)))
        {
            sink.Accept(Finding.Of(
                RootFindings.SudoChanged, changed, changed.Process, changed.Step, isBlocked: false,
                ("file", changed.Path), ("change", changed.Change), ("program", lineage.Find(changed.Process)?.Exe),
                ("container", changed.Container)));
        }
    }
}
