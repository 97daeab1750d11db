using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Core.GitHub.Commands;
using Sallyport.Agent.Core.Sources;

namespace Sallyport.Agent.Files;

/// <summary>Takes what was done to files.</summary>
internal interface IFileHandler
{
    /// <summary>Called on the draining thread, when what is known of the process has been read.</summary>
    void Describe(SourceChange change);

    /// <summary>The same, of files in the watched places.</summary>
    void Describe(FileActivity activity);

    /// <summary>The same, of what was set for later steps.</summary>
    void Describe(LaterSetting setting);

    /// <summary>Something was not seen.</summary>
    void Lose(string reason, long count);
}
