using Sallyport.Server.Access;

namespace Sallyport.Server.Ui;

/// <summary>A list with filters in its address.</summary>
internal abstract class ListPage(TimeProvider time) : SitePage(time)
{
    /// <summary>Where this is, with the filters that are set.</summary>
    public Address Here { get; protected set; } = new("/");

    /// <summary>Key after which the next piece begins; null at the end of the list.</summary>
    public string? Next { get; protected set; }

    public string? After => Here[Address.After];

    /// <summary>The rest of the list.</summary>
    public string NextLink => Here.With((Address.After, Next)).ToString();

    /// <summary>A filter as a list of links, of which one is chosen.</summary>
    public Choice Chips(string name, string label, params (string? Value, string Title)[] options) => new(Here, name, label, options);

    protected CancellationToken Aborted => HttpContext.RequestAborted;
}
