/// Things, work and food.
extension DialogueWords {
  static let belongings = phrases(
    """
    umbrella; wallet; scarf; rucksack; notebook; camera; suitcase; phone; keyring; laptop; glove; hat; bracelet;
    necklace;
    raincoat; pencil case; water bottle; lunch box; guitar case; purse; watch; jacket; cap; sketchbook; briefcase;
    tablet;
    toy rabbit; sports bag; violin; helmet; cardigan; parcel; folder; diary; earring; teddy bear; shopping bag; thermos
    """)

  static let appliances = phrases(
    """
    kettle; toaster; blender; vacuum cleaner; hair dryer; coffee machine; washing machine; fridge; dishwasher;
    microwave;
    printer; monitor; keyboard; headset; loudspeaker; tablet; camera; lamp; heater; fan; electric drill; lawnmower;
    sewing machine; rice cooker; iron; electric toothbrush; radio; television; router; alarm clock; projector; scooter
    """)

  static let faults = phrases(
    """
    makes a terrible noise; smells of burning; leaks water; keeps switching itself off; will not turn on;
    has a cracked lid; overheats after a minute; came without a plug; has a broken handle; gives small electric shocks;
    rattles like an old train; has a scratched cover; trips the fuse; stops halfway; has a loose cable;
    flickers all the time; arrived in the wrong size; is missing a screw; has a dead battery; blows cold air
    """)

  static let remedies = phrases(
    "refund; replacement; voucher; free repair; discount; credit note; loan machine; spare part")

  static let jobs = phrases(
    """
    an architect; a nurse; a bus driver; a baker; a librarian; a carpenter; a translator; an accountant; a gardener;
    a chef; a waiter; a pharmacist; a journalist; a plumber; an electrician; a teacher; a receptionist; a vet;
    a designer;
    a mechanic; a photographer; a social worker; a lifeguard; a tour guide; a programmer; a paramedic; a tailor;
    a florist;
    a lawyer; a geologist; a beekeeper; a sound engineer; a dentist; a firefighter; a cashier; a surveyor; a welder;
    a hairdresser; a midwife; an editor; an optician; a pilot; a train driver; a zookeeper
    """)

  static let employers = phrases(
    """
    the hospital; the small hotel; the law firm; the film studio; the bank; the bicycle shop; the shipyard;
    the publishing house;
    the primary school; the airline; the dairy; the software company; the newspaper; the charity; the football club;
    the chocolate factory;
    the brewery; the animal shelter; the printing works; the research institute; the insurance company;
    the garden centre;
    the toy maker; the wind farm; the travel agency; the furniture maker; the radio station; the sawmill;
    the railway; the city council
    """)

  static let dishes = phrases(
    """
    lasagne; mushroom risotto; pumpkin soup; apple pie; chicken curry; lentil stew; fish tacos; potato salad;
    beef goulash;
    carrot cake; paella; ratatouille; dumplings; pancakes; tomato soup; cheesecake; stuffed peppers; onion tart;
    vegetable lasagne; moussaka; fried rice; noodle soup; cherry tart; falafel; meatballs; leek quiche; banana bread;
    gnocchi;
    chilli; lemon tart; spinach pie; shepherd's pie; couscous; borscht; tiramisu; plum crumble; bean burgers; ceviche
    """)

  static let ingredients = phrases(
    """
    butter; cream; eggs; flour; garlic; ginger; honey; mint; mustard; nutmeg; olives; onions; parsley; parmesan;
    walnuts;
    almonds; basil; cinnamon; coconut milk; cumin; yoghurt; white wine; vinegar; thyme; sugar; spinach; soy sauce;
    saffron;
    rosemary; raisins; paprika; oregano; oat milk; maple syrup; lime juice; leeks; celery; capers; buttermilk; bacon;
    apple juice; chickpeas; coriander; dates; goat cheese; hazelnuts; margarine; molasses; peanuts; sesame oil;
    sour cream
    """)

  static let tools = phrases(
    """
    ladder; electric drill; hedge trimmer; tent; sleeping bag; sewing machine; wheelbarrow; chainsaw; car trailer;
    roof box;
    paint roller; pressure washer; bread machine; projector; folding table; bicycle pump; snow shovel; toolbox; spade;
    waffle iron; cool box; step stool; microscope; telescope; barbecue; carpet cleaner; fondue set; sledge; canoe; axe;
    spirit level; soldering iron; electric piano; tripod; wetsuit; baby seat; sandwich maker; jump leads; punch bowl;
    rake
    """)

  static let instruments = phrases(
    """
    drums; trumpet; piano; violin; bagpipes; saxophone; electric guitar; accordion; trombone; cello; flute; clarinet;
    harmonica; double bass; tuba; banjo; organ; xylophone
    """)

  static let animals = phrases(
    """
    cat; dog; rabbit; parrot; hamster; tortoise; goldfish; pony; guinea pig; canary; goose; puppy; kitten; snake;
    lizard;
    hedgehog; hen; duck; goat; ferret
    """)

  static let petNames = list(
    """
    Biscuit Pepper Ginger Pickle Coco Bella Rocky Shadow Muffin Oreo Poppy Tiger Smokey Pumpkin Nacho Waffles Peanut
    Marble Domino Cookie Button Olive Clover Bandit Noodle Caramel Teddy Misty Sunny Pebbles
    """)

  static let carParts = phrases(
    """
    brakes; clutch; exhaust; windscreen; gearbox; battery; radiator; headlights; rear bumper; wipers; front tyres;
    fuel pump;
    ignition; alternator; handbrake; sunroof; steering; heating; timing belt; spark plugs; passenger door; wing mirror
    """)
}
